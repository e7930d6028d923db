package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.GoDuration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The probes that a function's annotations ask for: `com.openfaas.health.http.*` for liveness,
/// `com.openfaas.ready.http.*` for readiness. Without any of them a function is ready when its port
/// is open, for images without a watchdog have no path to ask. Pure.
///
/// An answer of 429 at the ready path, which a watchdog gives that has all the requests that it can
/// take, is a failed probe as any other.
///
/// Source: OpenFaaS's documentation, "Workloads", under custom HTTP health checks.
final class FunctionProbes {
  private static final String HEALTH = "com.openfaas.health.http.";
  private static final String READY = "com.openfaas.ready.http.";

  /// Where watchdogs answer.
  private static final String WATCHDOG = "/_/health";

  private static final List<String> COUNTS = List.of("successThreshold", "failureThreshold");

  private final Map<String, String> annotations;

  FunctionProbes(Map<String, String> annotations) {
    this.annotations = annotations;
  }

  /// @throws Refusal 400 for an annotation that means nothing
  void putInto(ObjectNode container, int port) {
    Optional<String> health =
        asksFor(HEALTH)
            ? Optional.of(annotations.getOrDefault(HEALTH + "path", WATCHDOG))
            : Optional.empty();
    health.ifPresent(path -> put(container.putObject("livenessProbe"), HEALTH, path, port));
    // Who names a path for one of them means the other too.
    if (asksFor(READY) || health.isPresent()) {
      String path = annotations.getOrDefault(READY + "path", health.orElse(WATCHDOG));
      put(container.putObject("readinessProbe"), READY, path, port);
    }
  }

  private boolean asksFor(String prefix) {
    return annotations.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  private void put(ObjectNode probe, String prefix, String path, int port) {
    probe.putObject("httpGet").put("path", path).put("port", port);
    Map<String, Optional<Long>> fields = new LinkedHashMap<>();
    // The name in the documentation of stack files, and the one in that of workloads.
    fields.put("initialDelaySeconds", seconds(prefix + "initialDelay", 0));
    for (String name : List.of("initialDelaySeconds", "periodSeconds", "timeoutSeconds")) {
      fields.merge(
          name,
          seconds(prefix + name, name.startsWith("initial") ? 0 : 1),
          (first, second) -> second.isPresent() ? second : first);
    }
    COUNTS.forEach(name -> fields.put(name, count(prefix + name)));
    fields.forEach((name, value) -> value.ifPresent(number -> probe.put(name, number)));
  }

  private Optional<Long> seconds(String annotation, long least) {
    return Optional.ofNullable(annotations.get(annotation))
        .map(text ->
            GoDuration.parse(text.matches("[0-9]+") ? text + "s" : text)
                .filter(duration -> !duration.isNegative())
                .map(Duration::toSeconds)
                .map(seconds -> Math.max(least, seconds))
                .orElseThrow(() -> refused(annotation, "a duration", text)));
  }

  private Optional<Long> count(String annotation) {
    return Optional.ofNullable(annotations.get(annotation))
        .map(text -> {
          if (!text.matches("[1-9][0-9]{0,5}")) {
            throw refused(annotation, "a whole number above 0", text);
          }
          return Long.parseLong(text);
        });
  }

  private static Refusal refused(String annotation, String wanted, String text) {
    return Refusal.badRequest(
        "validation failed: annotation %s must be %s, not \"%s\""
            .formatted(annotation, wanted, text));
  }
}

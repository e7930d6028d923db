package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.HumanDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// READY, STATUS, RESTARTS and the wide columns of Pods, by the rules of `kubectl get pods`.
final class PodColumns {
  static final PrinterColumn[] ALL = {
    computed("Ready", "string", "Ready containers of all.", 0, PodColumns::ready),
    computed("Status", "string", "The phase, or what is in its way.", 0, PodColumns::status),
    computed("Restarts", "string", "How often containers restarted.", 0, PodColumns::restarts),
    AGE,
    text("IP", ".status.podIP"),
    text("Node", ".spec.nodeName"),
    text("Nominated Node", ".status.nominatedNodeName"),
    computed("Readiness Gates", "string", "", 1, (pod, now) -> StringNode.valueOf("<none>"))
  };

  private PodColumns() {}

  private static PrinterColumn text(String name, String path) {
    PrinterColumn plain = new PrinterColumn(name, "string", path, "", 1);
    return computed(
        name,
        "string",
        "",
        1,
        (pod, now) -> {
          JsonNode value = plain.cell().of(pod, now);
          return value.asString("").isEmpty() ? StringNode.valueOf("<none>") : value;
        });
  }

  private static JsonNode ready(KubernetesObject pod, Instant now) {
    long ready =
        statuses(pod)
            .valueStream()
            .filter(container -> container.path("ready").asBoolean(false))
            .count();
    return StringNode.valueOf(ready + "/" + pod.spec().path("containers").size());
  }

  private static JsonNode status(KubernetesObject pod, Instant now) {
    if (pod.deletionTimestamp().isPresent()) {
      return StringNode.valueOf("Terminating");
    }
    String shown =
        pod.status().path("reason").asString(pod.status().path("phase").asString("Pending"));
    for (JsonNode container : statuses(pod)) {
      JsonNode state = container.path("state");
      JsonNode terminated = state.path("terminated");
      if (state.path("waiting").has("reason")) {
        shown = state.path("waiting").path("reason").asString();
      } else if (terminated.has("reason")) {
        shown = terminated.path("reason").asString();
      } else if (terminated.has("exitCode")) {
        shown = "ExitCode:" + terminated.path("exitCode").asInt();
      }
    }
    return StringNode.valueOf(shown);
  }

  private static JsonNode restarts(KubernetesObject pod, Instant now) {
    int restarts =
        statuses(pod)
            .valueStream()
            .mapToInt(container -> container.path("restartCount").asInt(0))
            .sum();
    String ago =
        statuses(pod)
            .valueStream()
            .map(status -> status.path("lastState").path("terminated").path("finishedAt"))
            .flatMap(time -> parse(time).stream())
            .max(Comparator.naturalOrder())
            .filter(time -> restarts > 0)
            .map(time -> " (%s ago)".formatted(HumanDuration.format(Duration.between(time, now))))
            .orElse("");
    return StringNode.valueOf(restarts + ago);
  }

  private static Optional<Instant> parse(JsonNode time) {
    try {
      return Optional.of(Instant.parse(time.asString("")));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  private static JsonNode statuses(KubernetesObject pod) {
    return pod.status().path("containerStatuses");
  }
}

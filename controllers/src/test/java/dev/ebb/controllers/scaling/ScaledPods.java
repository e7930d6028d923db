package dev.ebb.controllers.scaling;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Pods for tests, which ask for half a core and 100 MiB.
final class ScaledPods {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private ScaledPods() {}

  /// @param percent of what the Pod asks for, of both resources
  static PodUse use(int percent) {
    return new PodUse(
        NOW,
        Duration.ofSeconds(15),
        Map.of("main", new PodUse.Container(percent * 5_000_000L, percent * (1L << 20))));
  }

  /// @param how `starting`, `pending`, `lost`, `never`, `going`, `failed`, `unbounded`; any other
  ///   has been ready for an hour
  static KubernetesObject pod(int index, String how) {
    return KubernetesObject.of(
            new GroupVersionKind("", "v1", "Pod"), new ObjectKey("default", "pod-" + index))
        .with(json -> {
          if (how.equals("going")) {
            json.withObject("/metadata").put("deletionTimestamp", NOW.toString());
          }
          ObjectNode container =
              json.putObject("spec").putArray("containers").addObject().put("name", "main");
          if (!how.equals("unbounded")) {
            container
                .putObject("resources")
                .putObject("requests")
                .put("cpu", "500m")
                .put("memory", "100Mi");
          }
          ObjectNode status = json.putObject("status");
          status.put(
              "phase",
              switch (how) {
                case "pending" -> "Pending";
                case "failed" -> "Failed";
                default -> "Running";
              });
          Instant started = NOW.minusSeconds(how.equals("starting") ? 20 : 3600);
          Instant ready =
              switch (how) {
                case "starting" -> started.plusSeconds(10); // its window reaches back to its start
                case "lost" -> NOW.minusSeconds(60);
                default -> started.plusSeconds(1);
              };
          boolean isReady = !how.equals("lost") && !how.equals("never");
          status.put("startTime", started.toString());
          status
              .putArray("conditions")
              .addObject()
              .put("type", "Ready")
              .put("status", isReady ? "True" : "False")
              .put("lastTransitionTime", ready.toString());
        });
  }
}

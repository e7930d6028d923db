package dev.ebb.controllers.scaling;

import dev.ebb.kinds.KubernetesObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Pods by what their readings are worth.
///
/// @param readings in thousandths, of those that count, by name
/// @param missing they run and could not be measured
/// @param unready they are not expected to take load yet
record PodGroups(Map<String, Long> readings, Set<String> missing, Set<String> unready) {
  /// A program is busy with itself while it starts; kube-controller-manager's
  /// `--horizontal-pod-autoscaler-cpu-initialization-period`.
  private static final Duration CPU_INITIALIZATION = Duration.ofMinutes(5);

  /// `--horizontal-pod-autoscaler-initial-readiness-delay`: who stopped being ready later had been
  /// ready once.
  private static final Duration INITIAL_READINESS = Duration.ofSeconds(30);

  /// @param pods those that are about to go and those that failed do not count
  /// @param use empty for a Pod that was not measured
  static PodGroups of(
      List<KubernetesObject> pods,
      Map<String, PodUse> use,
      String resource,
      BiFunction<PodUse, String, OptionalLong> reading,
      Instant now) {
    Map<String, Long> readings = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    Set<String> unready = new TreeSet<>();
    for (KubernetesObject pod : pods) {
      String phase = pod.status().path("phase").asString("");
      if (pod.deletionTimestamp().isPresent() || phase.equals("Failed")) {
        continue;
      }
      if (phase.equals("Pending")) {
        unready.add(pod.name());
        continue;
      }
      PodUse measured = use.get(pod.name());
      OptionalLong value =
          measured == null ? OptionalLong.empty() : reading.apply(measured, resource);
      if (measured == null || value.isEmpty()) {
        missing.add(pod.name());
      } else if (resource.equals(PodUse.CPU) && isStarting(pod, measured, now)) {
        unready.add(pod.name());
      } else {
        readings.put(pod.name(), value.getAsLong());
      }
    }
    return new PodGroups(readings, missing, unready);
  }

  /// Whether the reading tells of the program's start rather than of its load.
  private static boolean isStarting(KubernetesObject pod, PodUse use, Instant now) {
    JsonNode ready = ready(pod);
    Instant started = time(pod.status().path("startTime"));
    if (ready.isMissingNode() || started.equals(Instant.MAX)) {
      return true;
    }
    boolean isReady = !ready.path("status").asString("").equals("False");
    Instant since = time(ready.path("lastTransitionTime"));
    if (started.plus(CPU_INITIALIZATION).isAfter(now)) {
      return !isReady || since.equals(Instant.MAX) || use.at().isBefore(since.plus(use.window()));
    }
    return !isReady && started.plus(INITIAL_READINESS).isAfter(since);
  }

  private static JsonNode ready(KubernetesObject pod) {
    for (JsonNode condition : pod.status().path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /// The end of time where there is none.
  private static Instant time(JsonNode node) {
    return node.isString() ? Instant.parse(node.asString()) : Instant.MAX;
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How long a Pod has to end when it is deleted: `deletionGracePeriodSeconds`, and
/// `deletionTimestamp`, which is the end of that time. Who deletes it again can only shorten it.
/// Pure.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination">Termination
///   of Pods</a>
final class PodDeletion {
  private static final long DEFAULT_SECONDS = 30;
  private static final String SECONDS = "deletionGracePeriodSeconds";
  private static final String TIME = "deletionTimestamp";

  private PodDeletion() {}

  /// Of a Pod that is not being deleted yet. One that does not run has nothing to end.
  static long seconds(KubernetesObject pod, OptionalLong asked) {
    String phase = pod.status().path("phase").asString("");
    if (pod.spec().path("nodeName").asString("").isEmpty()
        || List.of("Succeeded", "Failed").contains(phase)) {
      return 0;
    }
    return effective(
        asked.orElse(pod.spec().path("terminationGracePeriodSeconds").asLong(DEFAULT_SECONDS)));
  }

  /// What is negative is as short as what is not at once can be.
  private static long effective(long seconds) {
    return seconds < 0 ? 1 : seconds;
  }

  /// Whether a Pod that is being deleted is to end earlier than it would.
  static boolean isShorter(KubernetesObject pod, OptionalLong asked) {
    return asked.isPresent()
        && pod.deletionTimestamp().isPresent()
        && effective(asked.getAsLong()) < present(pod);
  }

  static void mark(ObjectNode metadata, Instant now, long seconds) {
    metadata.put(TIME, now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds).toString());
    metadata.put(SECONDS, seconds);
  }

  /// To be called when it [#isShorter].
  static void shorten(ObjectNode metadata, KubernetesObject pod, OptionalLong asked) {
    long seconds = effective(asked.orElse(0));
    JsonNode end = pod.metadata().path(TIME);
    metadata.put(
        TIME, Instant.parse(end.asString()).minusSeconds(present(pod) - seconds).toString());
    metadata.put(SECONDS, seconds);
  }

  private static long present(KubernetesObject pod) {
    return pod.metadata().path(SECONDS).asLong(0);
  }
}

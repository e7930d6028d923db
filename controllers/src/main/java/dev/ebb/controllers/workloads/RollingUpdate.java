package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The steps from old ReplicaSets to the new one: never more Pods than `replicas + maxSurge`, never
/// fewer available ones than `replicas - maxUnavailable`. Recreate is the same with all of them
/// unavailable. Pure.
///
/// @see <a
///   href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment">Rolling
///   Update Deployment</a>
record RollingUpdate(int replicas, int maxSurge, int maxUnavailable) {
  static RollingUpdate of(KubernetesObject deployment) {
    int replicas = DeploymentPlan.replicas(deployment);
    JsonNode strategy = deployment.spec().path("strategy");
    if (strategy.path("type").asString("").equals("Recreate")) {
      return new RollingUpdate(replicas, 0, replicas);
    }
    JsonNode limits = strategy.path("rollingUpdate");
    int surge = part(limits.path("maxSurge"), replicas, true);
    int unavailable = part(limits.path("maxUnavailable"), replicas, false);
    // Without any room nothing could move.
    return new RollingUpdate(replicas, surge, surge + unavailable == 0 ? 1 : unavailable);
  }

  /// How many Pods must be available.
  int least() {
    return Math.max(0, replicas - maxUnavailable);
  }

  /// @param now replicas of the new ReplicaSet
  int grown(int now, List<KubernetesObject> older) {
    int room = replicas + maxSurge - now - total(older);
    return now >= replicas ? replicas : now + Math.max(0, Math.min(room, replicas - now));
  }

  /// The older ReplicaSets that become smaller, those without available Pods first: nobody misses
  /// them.
  List<KubernetesObject> shrink(KubernetesObject current, List<KubernetesObject> older) {
    Map<KubernetesObject, Integer> sizes = new LinkedHashMap<>();
    older.forEach(set -> sizes.put(set, DeploymentPlan.replicas(set)));
    int size = DeploymentPlan.replicas(current);
    int fresh = Math.min(size, available(current));
    int spare = size + total(older) - least() - (size - fresh);
    for (KubernetesObject set : older) {
      int unavailable = Math.max(0, sizes.getOrDefault(set, 0) - available(set));
      int fewer = Math.min(unavailable, Math.max(0, spare));
      sizes.merge(set, -fewer, Integer::sum);
      spare -= fewer;
    }
    int served =
        fresh
            + older.stream()
                .mapToInt(it -> Math.min(sizes.getOrDefault(it, 0), available(it)))
                .sum();
    int surplus = served - least();
    for (KubernetesObject set : older) {
      int fewer = Math.min(sizes.getOrDefault(set, 0), Math.max(0, surplus));
      sizes.merge(set, -fewer, Integer::sum);
      surplus -= fewer;
    }
    List<KubernetesObject> changed = new ArrayList<>();
    sizes.forEach((set, wanted) -> {
      if (wanted != DeploymentPlan.replicas(set)) {
        changed.add(set.with(json -> json.withObject("/spec").put("replicas", wanted)));
      }
    });
    return changed;
  }

  private static int available(KubernetesObject set) {
    return set.status().path("availableReplicas").asInt(0);
  }

  private static int total(List<KubernetesObject> sets) {
    return sets.stream().mapToInt(DeploymentPlan::replicas).sum();
  }

  /// 25 % where nothing is said; a percentage of the surge is rounded up, of the others down.
  private static int part(JsonNode value, int replicas, boolean up) {
    if (value.isNumber()) {
      return value.asInt();
    }
    String text = value.asString("25%");
    try {
      long percent = Integer.parseInt(text.replace("%", ""));
      return (int) ((replicas * percent + (up ? 99 : 0)) / 100);
    } catch (NumberFormatException unreadable) {
      return 0; // validation refuses it; nothing moves where nobody can say how much
    }
  }
}

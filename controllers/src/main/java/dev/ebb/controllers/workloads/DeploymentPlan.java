package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which ReplicaSets a Deployment should have. Pure.
///
/// The ReplicaSet of the present template has all replicas and the older ones none. A rolling
/// update of Kubernetes ends there too when no Pod becomes ready: it removes unready old Pods
/// first, and none of them is one that a user would miss.
///
/// @param current the ReplicaSet of the present template as it should be; empty for a Deployment
///   that was paused before it had one
/// @param changed older ones that must be changed
/// @param surplus older ones beyond the history that the Deployment keeps
public record DeploymentPlan(
    Optional<KubernetesObject> current,
    List<KubernetesObject> changed,
    List<KubernetesObject> surplus) {
  /// Of Kubernetes, where a Deployment does not say.
  private static final int DEFAULT_HISTORY = 10;

  private static final Comparator<KubernetesObject> OLDEST_FIRST =
      Comparator.comparingLong(ReplicaSetResources::revision).thenComparing(KubernetesObject::name);

  public DeploymentPlan {
    changed = List.copyOf(changed);
    surplus = List.copyOf(surplus);
  }

  /// @param owned the ReplicaSets that the Deployment controls
  public static DeploymentPlan of(KubernetesObject deployment, List<KubernetesObject> owned) {
    List<KubernetesObject> sets = owned.stream().sorted(OLDEST_FIRST).toList();
    Optional<KubernetesObject> present =
        sets.stream().filter(set -> ReplicaSetResources.hasTemplateOf(deployment, set)).findFirst();
    boolean paused = deployment.spec().path("paused").asBoolean(false);
    if (present.isEmpty() && paused) {
      return new DeploymentPlan(Optional.empty(), List.of(), List.of());
    }
    List<KubernetesObject> older = sets.stream().filter(set -> !isSame(present, set)).toList();
    long newest = older.stream().mapToLong(ReplicaSetResources::revision).max().orElse(0);
    long revision = Math.max(newest + 1, present.map(ReplicaSetResources::revision).orElse(0L));
    KubernetesObject desired =
        ReplicaSetResources.replicaSet(
            deployment,
            replicas(deployment),
            revision,
            deployment.status().path("collisionCount").asInt(0));
    KubernetesObject current =
        present
            .map(set ->
                set.with(json -> {
                  json.withObject("/spec").put("replicas", replicas(deployment));
                  desired
                      .annotations()
                      .forEach(json.withObject("/metadata").withObject("/annotations")::put);
                }))
            .orElse(desired);
    List<KubernetesObject> changed = new ArrayList<>();
    if (!paused) {
      older.stream()
          .filter(set -> set.spec().path("replicas").asInt(1) != 0)
          .map(set -> set.with(json -> json.withObject("/spec").put("replicas", 0)))
          .forEach(changed::add);
    }
    return new DeploymentPlan(Optional.of(current), changed, surplus(deployment, older));
  }

  static int replicas(KubernetesObject workload) {
    return workload.spec().path("replicas").asInt(1);
  }

  private static boolean isSame(Optional<KubernetesObject> one, KubernetesObject other) {
    return one.map(set -> set.uid().equals(other.uid())).orElse(false);
  }

  /// Only those whose Pods are gone.
  private static List<KubernetesObject> surplus(
      KubernetesObject deployment, List<KubernetesObject> older) {
    int kept = deployment.spec().path("revisionHistoryLimit").asInt(DEFAULT_HISTORY);
    List<KubernetesObject> empty =
        older.stream()
            .filter(set -> set.spec().path("replicas").asInt(1) == 0)
            .filter(set -> set.status().path("replicas").asInt(0) == 0)
            .toList();
    return empty.subList(0, Math.max(0, empty.size() - kept));
  }
}

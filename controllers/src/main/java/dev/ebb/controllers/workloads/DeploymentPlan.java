package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which ReplicaSets a Deployment should have. Pure.
///
/// A rolling update takes one step at a time, by Kubernetes's rules ([RollingUpdate]); the change
/// of a ReplicaSet's status brings the next.
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
            current(deployment, present, older),
            revision,
            deployment.status().path("collisionCount").asInt(0));
    KubernetesObject current =
        present
            .map(set ->
                set.with(json -> {
                  json.withObject("/spec").put("replicas", current(deployment, present, older));
                  desired
                      .annotations()
                      .forEach(json.withObject("/metadata").withObject("/annotations")::put);
                }))
            .orElse(desired);
    boolean grows = present.map(set -> replicas(set) < replicas(current)).orElse(true);
    List<KubernetesObject> changed =
        paused || (grows && !isRecreate(deployment))
            ? List.of()
            : RollingUpdate.of(deployment).shrink(current, older);
    return new DeploymentPlan(Optional.of(current), changed, surplus(deployment, older));
  }

  /// How many the ReplicaSet of the present template should have.
  private static int current(
      KubernetesObject deployment,
      Optional<KubernetesObject> present,
      List<KubernetesObject> older) {
    int now = present.map(DeploymentPlan::replicas).orElse(0);
    if (isRecreate(deployment)) {
      boolean gone = older.stream().allMatch(DeploymentPlan::isEmpty);
      return gone ? replicas(deployment) : Math.min(now, replicas(deployment));
    }
    boolean paused = deployment.spec().path("paused").asBoolean(false);
    if (paused && !older.stream().allMatch(DeploymentPlan::isEmpty)) {
      return now;
    }
    return RollingUpdate.of(deployment).grown(now, older);
  }

  private static boolean isRecreate(KubernetesObject deployment) {
    return deployment.spec().path("strategy").path("type").asString("").equals("Recreate");
  }

  private static boolean isEmpty(KubernetesObject set) {
    return replicas(set) == 0 && set.status().path("replicas").asInt(0) == 0;
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

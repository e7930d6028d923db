package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a Deployment tells of its ReplicaSets, in the words of Kubernetes's controller. Pure.
public final class DeploymentStatus {
  public static final String AVAILABLE = "Available";
  public static final String PROGRESSING = "Progressing";
  private static final String REPLICA_FAILURE = "ReplicaFailure";
  private static final String UPDATE_TIME = "lastUpdateTime";
  private static final String UPDATED = "ReplicaSetUpdated";
  private static final String DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";

  /// Of Kubernetes, in seconds, where a Deployment does not say.
  private static final int DEFAULT_DEADLINE = 600;

  private DeploymentStatus() {}

  /// @param current the ReplicaSet of the present template
  /// @param owned all of them, that one too
  public static ObjectNode plan(
      ObjectNode status,
      KubernetesObject deployment,
      Optional<KubernetesObject> current,
      List<KubernetesObject> owned,
      Instant now) {
    int wanted = DeploymentPlan.replicas(deployment);
    int total = sum(owned, "replicas");
    int available = sum(owned, "availableReplicas");
    int updated = current.map(set -> count(set, "replicas")).orElse(0);
    boolean progressed =
        updated > status.path("updatedReplicas").asInt(0)
            || sum(owned, "readyReplicas") > status.path("readyReplicas").asInt(0)
            || available > status.path("availableReplicas").asInt(0)
            || total - updated
                < status.path("replicas").asInt(0) - status.path("updatedReplicas").asInt(0);
    status.put("observedGeneration", deployment.generation());
    status.put("replicas", total).put("updatedReplicas", updated);
    status.put("readyReplicas", sum(owned, "readyReplicas")).put("availableReplicas", available);
    status.put("unavailableReplicas", Math.max(0, Math.max(total, wanted) - available));
    Optional<Condition> before = Condition.of(status, PROGRESSING);
    Optional<Instant> since = since(status);
    Conditions conditions = new Conditions(status, now);
    conditions.mark(available(deployment, available));
    boolean complete = updated == wanted && total == wanted && available == wanted;
    conditions.mark(progressing(deployment, current, complete, progressed, before, since, now));
    current
        .flatMap(set -> Condition.of(set, REPLICA_FAILURE))
        .filter(Condition::isTrue)
        .ifPresentOrElse(conditions::mark, () -> conditions.remove(REPLICA_FAILURE));
    conditions.write();
    for (JsonNode condition : status.path("conditions")) {
      if (condition instanceof ObjectNode node
          && node.path("type").asString("").equals(PROGRESSING)
          && (progressed || !node.has(UPDATE_TIME))) {
        node.put(UPDATE_TIME, now.truncatedTo(ChronoUnit.SECONDS).toString());
      }
    }
    return status;
  }

  /// When the status must be looked at again although nothing changed; empty when never.
  public static Optional<Instant> deadline(KubernetesObject deployment, JsonNode status) {
    return Condition.of(status, PROGRESSING)
        .filter(condition -> condition.reason().equals(UPDATED))
        .flatMap(condition -> since(status))
        .map(time -> time.plus(progressDeadline(deployment)));
  }

  private static Condition available(KubernetesObject deployment, int available) {
    return available >= RollingUpdate.of(deployment).least()
        ? new Condition(
            AVAILABLE,
            Status.TRUE,
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.")
        : new Condition(
            AVAILABLE,
            Status.FALSE,
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.");
  }

  private static Condition progressing(
      KubernetesObject deployment,
      Optional<KubernetesObject> current,
      boolean complete,
      boolean progressed,
      Optional<Condition> before,
      Optional<Instant> since,
      Instant now) {
    String name = current.map(KubernetesObject::name).orElse("");
    if (deployment.spec().path("paused").asBoolean(false)) {
      return progressing(Status.UNKNOWN, "DeploymentPaused", "Deployment is paused");
    }
    if (complete) {
      return progressing(
          Status.TRUE,
          "NewReplicaSetAvailable",
          "ReplicaSet \"%s\" has successfully progressed.".formatted(name));
    }
    Condition timedOut =
        progressing(
            Status.FALSE,
            DEADLINE_EXCEEDED,
            "ReplicaSet \"%s\" has timed out progressing.".formatted(name));
    Condition running =
        progressing(Status.TRUE, UPDATED, "ReplicaSet \"%s\" is progressing.".formatted(name));
    if (progressed) {
      return running;
    }
    boolean late =
        before.filter(running::equals).isPresent()
            && since
                .map(time -> !now.isBefore(time.plus(progressDeadline(deployment))))
                .orElse(false);
    return late || before.filter(timedOut::equals).isPresent() ? timedOut : running;
  }

  private static Condition progressing(Status status, String reason, String message) {
    return new Condition(PROGRESSING, status, reason, message);
  }

  private static Duration progressDeadline(KubernetesObject deployment) {
    return Duration.ofSeconds(
        deployment.spec().path("progressDeadlineSeconds").asInt(DEFAULT_DEADLINE));
  }

  private static Optional<Instant> since(JsonNode status) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asString("").equals(PROGRESSING)) {
        String time =
            condition.path(UPDATE_TIME).asString(condition.path("lastTransitionTime").asString(""));
        return time.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(time));
      }
    }
    return Optional.empty();
  }

  private static int sum(List<KubernetesObject> sets, String field) {
    return sets.stream().mapToInt(set -> count(set, field)).sum();
  }

  private static int count(KubernetesObject set, String field) {
    return set.status().path(field).asInt(0);
  }
}

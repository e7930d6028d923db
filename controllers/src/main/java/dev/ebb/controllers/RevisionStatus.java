package dev.ebb.controllers;

import dev.ebb.controllers.DigestResolver.Outcome;
import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What a Revision tells of its instances. Pure.
///
/// `ResourcesAvailable` becomes True when the initial scale was reached once and stays so: it is
/// the memory that this revision works, so a restart of the server or a scale to zero never takes
/// `Ready` away. `ContainerHealthy` follows the newest news of an instance: False with the reason
/// from a failure until an instance is ready again, or until the revision is at zero and nobody
/// wants it otherwise: it served, and the next request will start it. An Event remembers the crash.
/// Without news it stays as it is.
final class RevisionStatus {
  private static final String RESOURCES_AVAILABLE = "ResourcesAvailable";
  private static final String CONTAINER_HEALTHY = "ContainerHealthy";
  private static final String ACTIVE = "Active";
  private static final String NO_TRAFFIC = "NoTraffic";
  private static final String DEPLOYING = "Deploying";
  private static final String RESOLVING_DIGESTS = "ResolvingDigests";
  static final String CONTAINER_MISSING = "ContainerMissing";

  private RevisionStatus() {}

  /// @param desired how many instances the autoscaler wants
  static ObjectNode plan(
      ObjectNode status,
      KubernetesObject revision,
      RevisionInstances instances,
      int initialScale,
      int desired,
      Instant now) {
    Conditions conditions = new Conditions(status, now, CONTAINER_HEALTHY, RESOURCES_AVAILABLE);
    boolean wasReady = conditions.get(RESOURCES_AVAILABLE).isTrue();
    boolean failing = instances.ready() == 0 && instances.failure().isPresent();
    boolean isReady = wasReady || (instances.ready() >= initialScale && !failing);
    if (instances.ready() > 0 || (wasReady && rests(instances, desired) && !failing)) {
      conditions.markTrue(CONTAINER_HEALTHY);
    } else {
      instances.failure().ifPresent(failure -> tell(conditions, failure, wasReady));
    }
    if (isReady && !wasReady) {
      conditions.markTrue(RESOURCES_AVAILABLE).markTrue(CONTAINER_HEALTHY);
    } else if (!isReady && conditions.get(RESOURCES_AVAILABLE).reason().isEmpty()) {
      conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, "");
      if (conditions.get(CONTAINER_HEALTHY).status() == Status.UNKNOWN) {
        conditions.markUnknown(CONTAINER_HEALTHY, DEPLOYING, "");
      }
    }
    if (!isReady && instances.failure().isEmpty()) {
      // It may listen where it should in a moment, so nothing has failed yet.
      instances
          .unready()
          .ifPresent(why -> conditions.markUnknown(CONTAINER_HEALTHY, DEPLOYING, why));
    }
    conditions.inform(active(instances, desired, isReady));
    status.put("observedGeneration", revision.generation());
    status.put("actualReplicas", instances.ready());
    status.put("desiredReplicas", desired);
    ImageDigests.write(status, revision, Map.of());
    conditions.write();
    return status;
  }

  /// Before there are instances: the registries are being asked what the tags mean.
  static ObjectNode resolving(
      ObjectNode status, KubernetesObject revision, DigestResolver.Outcome outcome, Instant now) {
    Conditions conditions = new Conditions(status, now, CONTAINER_HEALTHY, RESOURCES_AVAILABLE);
    conditions.markUnknown(RESOURCES_AVAILABLE, RESOLVING_DIGESTS, "");
    switch (outcome) {
      case Outcome.Pending() -> conditions.markUnknown(CONTAINER_HEALTHY, RESOLVING_DIGESTS, "");
      case Outcome.Failed(String message, _) ->
          conditions.markFalse(CONTAINER_HEALTHY, CONTAINER_MISSING, message);
      case Outcome.Resolved(Map<String, String> images) -> {
        ImageDigests.write(status, revision, images);
        conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, "");
        conditions.markUnknown(CONTAINER_HEALTHY, DEPLOYING, "");
      }
    }
    status.put("observedGeneration", revision.generation());
    conditions.write();
    return status;
  }

  /// Whether the revision reached its initial scale once.
  static boolean wasReady(KubernetesObject revision) {
    return Condition.of(revision, RESOURCES_AVAILABLE).map(Condition::isTrue).orElse(false);
  }

  /// Whether the status says that it was ready and that nothing runs because nothing is to do.
  static boolean isAtZero(KubernetesObject revision) {
    return Condition.of(revision, ACTIVE).map(Condition::reason).orElse("").equals(NO_TRAFFIC);
  }

  /// Whether a revision that was ready once has nothing to do: what went wrong before is over.
  static boolean isAtRest(KubernetesObject revision, RevisionInstances instances, int desired) {
    return wasReady(revision) && rests(instances, desired);
  }

  private static boolean rests(RevisionInstances instances, int desired) {
    return desired == 0 && instances.ready() + instances.starting() == 0;
  }

  private static void tell(Conditions conditions, Failure failure, boolean wasReady) {
    switch (failure) {
      case Failure.Crashed(ExitStatus exit, _) -> {
        conditions.markFalse(CONTAINER_HEALTHY, Exits.reason(exit), Exits.message(exit));
        if (!wasReady && exit.reason().equals("StartTimeout")) {
          conditions.markFalse(
              RESOURCES_AVAILABLE, "ProgressDeadlineExceeded", "Initial scale was never achieved");
        }
      }
      case Failure.Refused refused -> {
        boolean machines = isMachinesFault(refused);
        if (!wasReady && !isExit(refused)) {
          // A place may become free, unless the node knows better.
          Status status = machines && !refused.permanent() ? Status.UNKNOWN : Status.FALSE;
          conditions.mark(
              new Condition(RESOURCES_AVAILABLE, status, refused.reason(), refused.message()));
        } else if (!machines) {
          conditions.markFalse(CONTAINER_HEALTHY, refused.reason(), refused.message());
        }
      }
    }
  }

  /// What ended and rests now is told as its end.
  private static boolean isExit(Failure.Refused refused) {
    return refused.reason().startsWith("ExitCode");
  }

  private static boolean isMachinesFault(Failure.Refused refused) {
    return refused.reason().equals("MachineBudgetExceeded")
        || refused.reason().equals("CreateFailed");
  }

  private static Condition active(RevisionInstances instances, int desired, boolean wasReady) {
    if (instances.ready() > 0) {
      return new Condition(ACTIVE, Status.TRUE, "", "");
    }
    if (wasReady && desired == 0) {
      return new Condition(
          ACTIVE, Status.FALSE, NO_TRAFFIC, "The target is not receiving traffic.");
    }
    if (instances.failure().orElse(null) instanceof Failure.Refused refused) {
      return new Condition(ACTIVE, Status.UNKNOWN, refused.reason(), refused.message());
    }
    return new Condition(
        ACTIVE,
        Status.UNKNOWN,
        "Queued",
        "Requests to the target are being buffered as resources are provisioned.");
  }
}

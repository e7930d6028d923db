package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Conditions;
import dev.ebb.resources.ApiException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a Configuration tells of its Revisions. Pure.
final class ConfigurationStatus {
  private static final String REVISION_FAILED = "RevisionFailed";

  private ConfigurationStatus() {}

  /// @param latest what is under the latest revision's name
  /// @param revisions all that the Configuration made
  static ObjectNode plan(
      ObjectNode status,
      KubernetesObject configuration,
      Child latest,
      List<KubernetesObject> revisions,
      Instant now) {
    status.put("observedGeneration", configuration.generation());
    latestReady(latest, revisions)
        .ifPresentOrElse(
            revision -> status.put("latestReadyRevisionName", revision.name()),
            () -> status.remove("latestReadyRevisionName"));
    Conditions conditions = new Conditions(status, now);
    switch (latest) {
      case Child.Foreign(KubernetesObject other) ->
          conditions.markFalse(Condition.READY, REVISION_FAILED, notCreated(other.name()));
      case Child.Owned(KubernetesObject revision) -> {
        status.put("latestCreatedRevisionName", revision.name());
        Condition ready = Condition.ready(revision);
        switch (ready.status()) {
          case TRUE -> conditions.markTrue(Condition.READY);
          case FALSE ->
              conditions.markFalse(
                  Condition.READY,
                  REVISION_FAILED,
                  "Revision \"%s\" failed with message: %s."
                      .formatted(revision.name(), ready.message()));
          case UNKNOWN ->
              conditions.markUnknown(
                  Condition.READY, ready.reason(), waiting(configuration, ready.message()));
        }
      }
    }
    conditions.write();
    return status;
  }

  /// The Revision that it asks for cannot be made.
  static ObjectNode refused(
      ObjectNode status, KubernetesObject configuration, ApiException why, Instant now) {
    status.put("observedGeneration", configuration.generation());
    Conditions conditions = new Conditions(status, now);
    conditions.markFalse(
        Condition.READY,
        REVISION_FAILED,
        "Revision creation failed with message: %s.".formatted(why.getMessage()));
    conditions.write();
    return status;
  }

  /// Knative's words, and what is known of the reason: whoever waits reads only these.
  private static String waiting(KubernetesObject configuration, String why) {
    String words =
        "Configuration \"%s\" is waiting for a Revision to become ready"
            .formatted(configuration.name());
    return why.isEmpty() ? words + "." : "%s: %s.".formatted(words, why);
  }

  /// Whether it waits for a Revision whose name is another's.
  static boolean isNameTaken(KubernetesObject configuration) {
    String name = ConfigurationResources.revisionKey(configuration).name();
    return Condition.ready(configuration).message().equals(notCreated(name));
  }

  private static String notCreated(String revision) {
    return "Revision creation failed with message: revisions.%s \"%s\" already exists."
        .formatted(ServingKinds.REVISION.group(), revision);
  }

  /// The newest that reached its initial scale once: a later crash does not move traffic back. What
  /// the template names is the newest even where its generation is not: users go back to a name,
  /// and `kn service import` brings older ones later.
  private static Optional<KubernetesObject> latestReady(
      Child latest, List<KubernetesObject> revisions) {
    if (latest instanceof Child.Owned(var named) && RevisionStatus.wasReady(named)) {
      return Optional.of(named);
    }
    return revisions.stream()
        .filter(RevisionStatus::wasReady)
        .max(
            Comparator.comparingLong(
                revision -> ConfigurationResources.generationOf(revision).orElse(0)));
  }
}

package dev.ebb.dialects.openfaas;

import dev.ebb.dialects.openfaas.FunctionObjectStatus.Obstacle;
import dev.ebb.dialects.openfaas.FunctionObjectStatus.Outcome;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Births;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `openfaas.com/v1` Function -> Service, and its state back. The Service goes with its Function.
final class FunctionReconciler implements Reconciler {
  private static final String FIELD_MANAGER = "ebb-openfaas";

  private final Resources resources;
  private final Children children;
  private final StatusWriter statuses;
  private final EventRecorder events;
  private final InstantSource clock;

  FunctionReconciler(Resources resources, EventRecorder events, InstantSource clock) {
    this.resources = resources;
    this.children = new Children(resources, FIELD_MANAGER);
    this.statuses = new StatusWriter(resources, FIELD_MANAGER);
    this.events = events;
    this.clock = clock;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found =
        resources
            .find(OpenFaasKinds.FUNCTION, key)
            .filter(function -> function.deletionTimestamp().isEmpty());
    if (found.isPresent()) {
      KubernetesObject function = found.get();
      Outcome outcome = deploy(function);
      outcome.obstacle().ifPresent(it -> events.warning(function, it.reason(), it.message()));
      statuses.write(
          OpenFaasKinds.FUNCTION,
          function,
          status -> FunctionObjectStatus.plan(status, function, outcome, clock.instant()));
    }
    return Result.done();
  }

  private Outcome deploy(KubernetesObject function) {
    Optional<KubernetesObject> present = resources.find(ServingKinds.SERVICE, function.key());
    List<KubernetesObject> profiles = List.of();
    try {
      FunctionDeployment wanted = FunctionObject.deployment(function);
      profiles = Profiles.find(resources, wanted.annotations());
      KubernetesObject desired =
          Children.ownedBy(
              function,
              FunctionService.of(
                  wanted,
                  function.namespace(),
                  Functions.secrets(resources, wanted, function.namespace()),
                  profiles,
                  Optional.empty()),
              Map.of(),
              present.map(Functions::ofKnative).orElse(Map.of()));
      return switch (apply(present, desired)) {
        case Children.Child.Owned(KubernetesObject service) ->
            new Outcome(Optional.of(service), revisions(service), profiles, Optional.empty());
        case Children.Child.Foreign(KubernetesObject service) ->
            obstacle(
                Optional.of(service),
                profiles,
                "NotOwned",
                "There is an existing Service \"%s\" that this Function does not own."
                    .formatted(service.name()));
      };
    } catch (Refusal refused) {
      return obstacle(present, profiles, "Invalid", refused.text());
    } catch (ApiException refused) {
      int code = refused.status().code();
      if (code != 400 && code != 403 && code != 422) {
        throw refused;
      }
      return obstacle(present, profiles, "Refused", refused.status().message());
    }
  }

  /// A Service that OpenFaaS's API made belongs to the Function of its name from then on.
  private Children.Child apply(Optional<KubernetesObject> present, KubernetesObject desired) {
    boolean adopted =
        present
            .filter(service ->
                service.controller().isEmpty()
                    && service.deletionTimestamp().isEmpty()
                    && FunctionService.isDeployedByApi(service))
            .isPresent();
    return adopted
        ? new Children.Child.Owned(
            resources
                .update(ServingKinds.SERVICE, desired, WriteOptions.by(FIELD_MANAGER))
                .object())
        : children.applyExactly(ServingKinds.SERVICE, present, desired, Births.UNTOLD);
  }

  private Outcome obstacle(
      Optional<KubernetesObject> service,
      List<KubernetesObject> profiles,
      String reason,
      String message) {
    return new Outcome(
        service,
        service.map(this::revisions).orElse(List.of()),
        profiles,
        Optional.of(new Obstacle(reason, message)));
  }

  private List<KubernetesObject> revisions(KubernetesObject service) {
    Set<String> names = new HashSet<>(Functions.called(service));
    if (service.status().path("latestReadyRevisionName").asString("").isEmpty()) {
      names.add(service.status().path("latestCreatedRevisionName").asString(""));
    }
    List<KubernetesObject> revisions = new ArrayList<>();
    for (String name : names) {
      resources
          .find(ServingKinds.REVISION, new ObjectKey(service.namespace(), name))
          .ifPresent(revisions::add);
    }
    return revisions;
  }
}

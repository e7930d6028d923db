package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Births;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Configuration -> one Revision per generation, and their state back.
final class ConfigurationReconciler implements Reconciler {
  /// Of who asks for what cannot be, not of a store that is busy.
  private static final Set<Integer> REFUSALS = Set.of(400, 403, 422);

  private final Context context;
  private final ReadyEvents readyEvents;

  ConfigurationReconciler(Context context) {
    this.context = context;
    this.readyEvents = new ReadyEvents(context.events());
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Optional<KubernetesObject> found = Informers.alive(informers.configurations(), key);
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject configuration = found.get();
    Child latest;
    try {
      latest = latestRevision(configuration);
    } catch (ApiException refused) {
      if (REFUSALS.contains(refused.status().code())) {
        write(
            configuration,
            status -> ConfigurationStatus.refused(status, configuration, refused, context.now()));
      }
      throw refused;
    }
    List<KubernetesObject> revisions = new ArrayList<>(informers.revisionsOf(key));
    revisions.removeIf(revision -> !Children.isControlledBy(revision, configuration));
    tellRoutes(configuration, revisions);
    write(
        configuration,
        status ->
            ConfigurationStatus.plan(status, configuration, latest, revisions, context.now()));
    return Result.done();
  }

  private void write(KubernetesObject configuration, UnaryOperator<ObjectNode> plan) {
    context
        .statuses()
        .write(ServingKinds.CONFIGURATION, configuration, plan)
        .ifPresent(readyEvents::tellConfiguration);
  }

  /// For those who look: which Routes lead here. A Service's own may not be there yet.
  private void tellRoutes(KubernetesObject configuration, List<KubernetesObject> revisions) {
    Informers informers = context.informers();
    List<KubernetesObject> routes =
        new ArrayList<>(informers.routesTo(ServingKinds.CONFIGURATION, configuration.key()));
    revisions.forEach(
        revision -> routes.addAll(informers.routesTo(ServingKinds.REVISION, revision.key())));
    Set<String> names = new TreeSet<>();
    for (KubernetesObject route : routes) {
      if (route.deletionTimestamp().isEmpty()) {
        names.add(route.name());
      }
    }
    configuration.controller().map(OwnerReference::name).ifPresent(names::add);
    String told = String.join(",", names);
    if (told.equals(configuration.annotations().getOrDefault(Labels.ROUTES, ""))) {
      return;
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode annotations = body.withObject("/metadata/annotations");
    if (told.isEmpty()) {
      annotations.putNull(Labels.ROUTES);
    } else {
      annotations.put(Labels.ROUTES, told);
    }
    context
        .resources()
        .patch(
            ServingKinds.CONFIGURATION,
            configuration.key(),
            new Patch(Patch.Type.MERGE, body),
            WriteOptions.by(Context.FIELD_MANAGER));
  }

  private Child latestRevision(KubernetesObject configuration) {
    ObjectKey key = ConfigurationResources.revisionKey(configuration);
    KubernetesObject desired = ConfigurationResources.revision(configuration, context.now());
    KubernetesObject present =
        context.informers().revisions().get(key).orElseGet(() -> create(configuration, desired));
    return isOf(present, configuration, desired)
        ? new Child.Owned(present)
        : new Child.Foreign(present);
  }

  private KubernetesObject create(KubernetesObject configuration, KubernetesObject revision) {
    Births told = new CreationEvents(context.events(), configuration, "Revision");
    Births toldToo =
        configuration
            .controller()
            .filter(owner -> owner.kind().equals("Service"))
            .map(owner -> new ObjectKey(configuration.namespace(), owner.name()))
            .flatMap(context.informers().services()::get)
            .<Births>map(service -> new CreationEvents(context.events(), service, "Revision"))
            .orElse(Births.UNTOLD);
    return context.children().ensure(ServingKinds.REVISION, revision, told.and(toldToo));
  }

  /// A revision never changes, so a name that the template asks for again must mean the same.
  private static boolean isOf(
      KubernetesObject revision, KubernetesObject configuration, KubernetesObject desired) {
    return Children.isControlledBy(revision, configuration)
        && (ConfigurationResources.generationOf(revision).orElse(-1) == configuration.generation()
            || StatusWriter.same(revision.spec(), desired.spec()));
  }
}

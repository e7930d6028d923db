package dev.ebb.controllers;

import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.Interned;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.Workload;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Revision -> node, gateway and autoscaler, and the state of its instances back.
final class RevisionReconciler implements Reconciler {
  /// What the data plane was told last, so that it is told only what is new.
  ///
  /// @param proven whether the revision had been ready when this server saw it first
  private record Registration(
      boolean proven, Workload workload, RequestLimits limits, ScalingPolicy policy) {
    /// What is equal is the same: the data plane has what it was told, and nobody keeps another.
    Registration after(Registration before) {
      return new Registration(
          proven, workload.equals(before.workload) ? before.workload : workload, limits, policy);
    }
  }

  private final Context context;
  private final ReadyEvents readyEvents;
  private final SystemConfig config;
  private final InstanceTracker tracker;
  private final Instances instances;
  private final GatewayControl gateway;
  private final Scaler scaler;
  private final Optional<DigestResolver> digests;
  private final Map<RevisionId, Registration> registrations = new ConcurrentHashMap<>();

  RevisionReconciler(
      Context context,
      SystemConfig config,
      InstanceTracker tracker,
      Instances instances,
      GatewayControl gateway,
      Scaler scaler,
      Optional<DigestResolver> digests) {
    this.context = context;
    this.readyEvents = new ReadyEvents(context.events());
    this.config = config;
    this.tracker = tracker;
    this.instances = instances;
    this.gateway = gateway;
    this.scaler = scaler;
    this.digests = digests;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = Informers.alive(context.informers().revisions(), key);
    if (found.isEmpty()) {
      forget(new RevisionId(key.namespace(), key.name()));
      return Result.done();
    }
    KubernetesObject revision = found.get();
    RevisionRouting routing = RevisionRouting.of(revision, context.informers());
    Optional<Failure.Refused> unsupported = unsupported(revision);
    if (unsupported.isPresent()) {
      RevisionInstances none = new RevisionInstances(Map.of(), Optional.of(unsupported.get()));
      write(revision, none, 1, 0);
      label(revision, routing);
      return Result.done();
    }
    List<String> unresolved = unresolved(revision);
    if (digests.isPresent() && !unresolved.isEmpty()) {
      label(revision, routing);
      return resolve(digests.get(), revision, unresolved);
    }
    digests.ifPresent(resolver -> resolver.forget(key));
    ScalingPolicy policy = register(revision, routing);
    RevisionId id = RevisionResources.id(revision);
    RevisionInstances state = tracker.of(id);
    int desired =
        scaler
            .lastDecision(id)
            .map(ScalingDecision::desired)
            .orElse(state.ready() + state.starting());
    if (RevisionStatus.isAtRest(revision, state, desired)) {
      state = tracker.forgive(id);
    }
    write(revision, state, policy.initialScale(), desired);
    label(revision, routing);
    return Result.done();
  }

  private void write(
      KubernetesObject revision, RevisionInstances state, int initialScale, int desired) {
    context
        .statuses()
        .write(
            ServingKinds.REVISION,
            revision,
            status ->
                RevisionStatus.plan(status, revision, state, initialScale, desired, context.now()))
        .ifPresent(readyEvents::tellRevision);
  }

  /// What was resolved is written before anything runs: the change of the status comes back here.
  private Result resolve(DigestResolver resolver, KubernetesObject revision, List<String> images) {
    DigestResolver.Outcome outcome =
        resolver.resolve(revision, images, config.deployment().digestResolutionTimeout());
    context
        .statuses()
        .write(
            ServingKinds.REVISION,
            revision,
            status -> RevisionStatus.resolving(status, revision, outcome, context.now()))
        .ifPresent(readyEvents::tellRevision);
    return outcome instanceof DigestResolver.Outcome.Failed failed
        ? Result.requeueAfter(failed.again())
        : Result.done();
  }

  /// Images without a digest yet; none of a Revision that served before this was asked.
  List<String> unresolved(KubernetesObject revision) {
    return digests.isEmpty() || RevisionStatus.wasReady(revision)
        ? List.of()
        : ImageDigests.unresolved(revision, config.deployment().registriesSkippingTagResolving());
  }

  /// Why a Revision is not for the data plane to know. One that served before goes on as it did.
  static Optional<Failure.Refused> unsupported(KubernetesObject revision) {
    return RevisionStatus.wasReady(revision) ? Optional.empty() : UnsupportedSpec.of(revision);
  }

  /// Tells the data plane what a Revision is; without effect when nothing changed.
  ScalingPolicy register(KubernetesObject revision, RevisionRouting routing) {
    RevisionId id = RevisionResources.id(revision);
    Registration before = registrations.get(id);
    boolean proven = before == null ? RevisionStatus.wasReady(revision) : before.proven();
    Registration registration =
        new Registration(
            proven,
            RevisionResources.workload(revision, config.deployment().progressDeadline()),
            Interned.of(RevisionResources.limits(revision, config.autodetectsHttp2())),
            Interned.of(
                config
                    .scaling()
                    .policy(
                        revision.annotations(),
                        RevisionResources.containerConcurrency(revision),
                        proven,
                        routing.reachable())));
    registrations.merge(id, registration, (known, next) -> next.after(known));
    // The gateway first: an instance that is published must find its throttle.
    if (before == null || !before.limits().equals(registration.limits())) {
      gateway.revision(id, registration.limits());
    }
    if (before == null || !before.workload().equals(registration.workload())) {
      instances.register(registration.workload());
    }
    if (before == null || !before.policy().equals(registration.policy())) {
      scaler.register(id, registration.policy());
    }
    return registration.policy();
  }

  /// Also for instances that an earlier server left of a Revision that is gone.
  private void forget(RevisionId id) {
    digests.ifPresent(resolver -> resolver.forget(RevisionResources.key(id)));
    if (registrations.remove(id) != null || !tracker.of(id).live().isEmpty()) {
      scaler.remove(id);
      gateway.removeRevision(id);
      instances.unregister(id);
    }
    tracker.forgive(id);
  }

  /// The routing labels are for those who look; no decision is made from them.
  private void label(KubernetesObject revision, RevisionRouting routing) {
    boolean same =
        routing.state().equals(revision.labels().get(Labels.ROUTING_STATE))
            && routing.routeNames().equals(revision.annotations().getOrDefault(Labels.ROUTES, ""));
    if (same) {
      return;
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = body.putObject("metadata");
    metadata.putObject("labels").put(Labels.ROUTING_STATE, routing.state());
    ObjectNode annotations = metadata.putObject("annotations");
    annotations.put(Labels.ROUTING_STATE_MODIFIED, context.now().toString());
    if (routing.routes().isEmpty()) {
      annotations.putNull(Labels.ROUTES);
    } else {
      annotations.put(Labels.ROUTES, routing.routeNames());
    }
    context
        .resources()
        .patch(
            ServingKinds.REVISION,
            revision.key(),
            new Patch(Patch.Type.MERGE, body),
            WriteOptions.by(Context.FIELD_MANAGER));
  }
}

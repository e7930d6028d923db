package dev.ebb.controllers;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Shows instances as Pods and Deployments, after the fact: nothing that serves requests waits for
/// it, and many changes in a row become one write. The other way round it knows one thing: whoever
/// deletes the Pod of a living instance stops the instance.
final class Mirror {
  private final Context context;
  private final InstanceTracker tracker;
  private final Instances instances;
  private final EventRecorder events;
  private final String nodeName;
  private final Map<ObjectKey, Instance> live = new ConcurrentHashMap<>();

  /// A Pod that was shown once and is gone was deleted by somebody; it does not come back.
  private final Set<ObjectKey> shown = ConcurrentHashMap.newKeySet();

  Mirror(
      Context context,
      InstanceTracker tracker,
      Instances instances,
      EventRecorder events,
      String nodeName) {
    this.context = context;
    this.tracker = tracker;
    this.instances = instances;
    this.events = events;
    this.nodeName = nodeName;
  }

  /// @return the key of the Pod that must be looked at
  Optional<ObjectKey> apply(InstanceEvent event) {
    return switch (event) {
      case InstanceEvent.StartRefused refused -> {
        revision(refused.revision())
            .ifPresent(revision -> events.warning(revision, refused.reason(), refused.message()));
        yield Optional.empty();
      }
      case InstanceEvent.PhaseChanged(Instance instance) -> {
        ObjectKey key = PodResources.key(instance);
        if (instance.phase() == Phase.EXITED) {
          live.remove(key);
        } else {
          live.put(key, instance);
        }
        tell(instance);
        yield Optional.of(key);
      }
    };
  }

  void podChanged(ObjectChange change) {
    Instance instance = live.get(change.object().key());
    if (change.deleted()
        && instance != null
        && (instance.phase() == Phase.STARTING || instance.phase() == Phase.READY)) {
      instances.stop(instance.id());
    }
  }

  Result reconcilePod(ObjectKey key) {
    Instance instance = live.get(key);
    Optional<KubernetesObject> pod = context.informers().pods().get(key);
    if (instance == null) {
      shown.remove(key);
      pod.ifPresent(this::deletePod);
      return Result.done();
    }
    Optional<KubernetesObject> revision = revision(instance.revision());
    if (pod.isEmpty() && revision.isPresent() && shown.add(key)) {
      pod = Optional.of(createPod(revision.get(), instance));
    }
    pod.ifPresent(present ->
        context
            .statuses()
            .write(
                CoreKinds.POD, present, status -> PodResources.status(status, present, instance)));
    return Result.done();
  }

  Result reconcileDeployment(ObjectKey revisionKey) {
    Optional<KubernetesObject> found =
        Informers.alive(context.informers().revisions(), revisionKey);
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject revision = found.get();
    RevisionInstances state = tracker.of(RevisionResources.id(revision));
    int replicas = state.ready() + state.starting();
    Optional<KubernetesObject> cached =
        context.informers().deployments().get(DeploymentResources.key(revisionKey));
    KubernetesObject present =
        cached.orElseGet(() ->
            context
                .children()
                .ensure(AppsKinds.DEPLOYMENT, DeploymentResources.deployment(revision, replicas)));
    KubernetesObject deployment =
        present.spec().path("replicas").asInt(-1) == replicas ? present : scale(present, replicas);
    context
        .statuses()
        .write(
            AppsKinds.DEPLOYMENT,
            deployment,
            status -> DeploymentResources.status(status, deployment, replicas, state.ready()));
    return Result.done();
  }

  private KubernetesObject scale(KubernetesObject deployment, int replicas) {
    return context
        .resources()
        .update(
            AppsKinds.DEPLOYMENT,
            deployment.with(json -> json.withObject("/spec").put("replicas", replicas)),
            WriteOptions.by(Context.FIELD_MANAGER))
        .object();
  }

  private KubernetesObject createPod(KubernetesObject revision, Instance instance) {
    try {
      return context
          .children()
          .ensure(CoreKinds.POD, PodResources.pod(revision, instance, nodeName));
    } catch (ApiException refused) {
      shown.remove(PodResources.key(instance));
      throw refused;
    }
  }

  /// Only what this room made: a Pod of the user is not an instance and not ours to remove.
  private void deletePod(KubernetesObject pod) {
    if (!pod.labels().containsKey(Labels.REVISION_UID)) {
      return;
    }
    try {
      context
          .resources()
          .delete(
              CoreKinds.POD,
              pod.key(),
              new DeleteOptions(
                  DeleteOptions.Propagation.BACKGROUND,
                  Optional.of(pod.uid()),
                  Optional.empty(),
                  false));
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private void tell(Instance instance) {
    KubernetesObject pod = KubernetesObject.of(CoreKinds.POD.type(), PodResources.key(instance));
    switch (instance.phase()) {
      case STARTING -> events.normal(pod, "Created", "Created container user-container");
      case READY -> events.normal(pod, "Started", started(instance));
      case DRAINING -> events.normal(pod, "Killing", "Stopping container user-container");
      case EXITED -> {
        if (instance.wanted() && instance.exit().isPresent()) {
          String message = Exits.message(instance.exit().get());
          events.warning(pod, "Failed", message);
          revision(instance.revision())
              .ifPresent(revision -> events.warning(revision, "InstanceFailed", message));
        }
      }
    }
  }

  private static String started(Instance instance) {
    return instance
        .startup()
        .map(phases ->
            "Started container user-container in %d ms".formatted(phases.total().toMillis()))
        .orElse("Started container user-container");
  }

  private Optional<KubernetesObject> revision(RevisionId id) {
    return Informers.alive(
        context.informers().revisions(), new ObjectKey(id.namespace(), id.name()));
  }
}

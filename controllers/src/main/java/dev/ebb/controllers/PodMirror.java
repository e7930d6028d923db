package dev.ebb.controllers;

import dev.ebb.controllers.workloads.PodEvents;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Shows instances as Pods, after the fact: nothing that serves requests waits for it, and many
/// changes in a row become one write. The other way round it knows one thing: whoever deletes the
/// Pod of a living instance stops the instance.
final class PodMirror {
  private final Context context;
  private final ReplicaSetMirror sets;
  private final Instances instances;
  private final String nodeName;
  private final Map<ObjectKey, Instance> live = new ConcurrentHashMap<>();

  /// The phase in which each Pod was shown last. One that was shown and is gone was deleted by
  /// somebody; it does not come back.
  private final Map<ObjectKey, Phase> shown = new ConcurrentHashMap<>();

  PodMirror(Context context, Instances instances, String nodeName) {
    this.context = context.mirroring();
    this.sets = new ReplicaSetMirror(this.context);
    this.instances = instances;
    this.nodeName = nodeName;
  }

  /// @return the key of the Pod that must be looked at
  Optional<ObjectKey> apply(InstanceEvent event) {
    return switch (event) {
      case InstanceEvent.StartRefused refused -> {
        revision(refused.revision())
            .ifPresent(revision ->
                context.events().warning(revision, refused.reason(), refused.message()));
        yield Optional.empty();
      }
      case InstanceEvent.PhaseChanged(Instance instance) -> {
        ObjectKey key = PodResources.key(instance);
        if (instance.phase() == Phase.EXITED) {
          live.remove(key);
          tellFailure(instance);
        } else {
          Optional<Instance> before = Optional.ofNullable(live.put(key, instance));
          before.ifPresent(last -> tellChanges(last, instance));
        }
        yield Optional.of(key);
      }
    };
  }

  void podChanged(ObjectChange change) {
    Instance instance = live.get(change.object().key());
    boolean unwanted = change.deleted() || change.object().deletionTimestamp().isPresent();
    if (!unwanted || instance == null) {
      return;
    }
    KubernetesObject pod = change.object();
    if (PodGrace.given(pod) < PodGrace.own(pod)) {
      instances.stop(instance.id(), Duration.ofSeconds(PodGrace.given(pod)));
    } else if (instance.phase() == Phase.STARTING || instance.phase() == Phase.READY) {
      // Its requests may take longer than its program needs to end.
      instances.stop(instance.id());
    }
  }

  Result reconcilePod(ObjectKey key) {
    Instance instance = live.get(key);
    Optional<KubernetesObject> pod = context.informers().pods().get(key);
    if (instance == null) {
      shown.remove(key);
      pod.filter(Mirrors::isMirror).ifPresent(this::release);
      return Result.done();
    }
    Optional<KubernetesObject> revision = revision(instance.revision());
    if (pod.isEmpty() && revision.isPresent() && shown.putIfAbsent(key, Phase.STARTING) == null) {
      pod = Optional.of(createPod(revision.get(), instance));
      context.events().normal(pod.get(), "Created", "Created container user-container");
    }
    pod.filter(Mirrors::isMirror).ifPresent(present -> show(present, instance));
    return Result.done();
  }

  private void show(KubernetesObject pod, Instance instance) {
    KubernetesObject shownPod = annotate(pod, instance);
    context
        .statuses()
        .write(
            CoreKinds.POD,
            shownPod,
            status -> PodResources.status(status, shownPod, instance, context.now()));
    if (shown.put(shownPod.key(), instance.phase()) != instance.phase()) {
      tell(shownPod, instance);
    }
    if (instance.phase() == Phase.DRAINING && pod.deletionTimestamp().isEmpty()) {
      delete(pod);
    }
  }

  private KubernetesObject annotate(KubernetesObject pod, Instance instance) {
    Optional<String> startup = PodResources.startup(instance);
    if (startup.isEmpty() || pod.annotations().containsKey(PodResources.STARTUP)) {
      return pod;
    }
    return update(
        pod.with(json ->
            json.withObject("/metadata")
                .withObject("/annotations")
                .put(PodResources.STARTUP, startup.get())));
  }

  /// The instance has ended: nothing holds its Pod any more. It is deleted while the finalizer
  /// still holds it, for whoever watches Pods is to see each of them terminating.
  private void release(KubernetesObject pod) {
    if (pod.deletionTimestamp().isEmpty()) {
      delete(pod);
    }
    context
        .resources()
        .find(CoreKinds.POD, pod.key())
        .filter(held -> held.uid().equals(pod.uid()))
        .filter(held -> held.finalizers().contains(PodResources.FINALIZER))
        .ifPresent(held ->
            update(
                held.with(json ->
                    json.withObject("/metadata")
                        .withArray("/finalizers")
                        .removeIf(node -> node.asString("").equals(PodResources.FINALIZER)))));
  }

  private KubernetesObject update(KubernetesObject pod) {
    return context.resources().update(CoreKinds.POD, pod, Context.MIRROR).object();
  }

  private KubernetesObject createPod(KubernetesObject revision, Instance instance) {
    try {
      return context
          .children()
          .ensure(
              CoreKinds.POD,
              PodResources.pod(revision, sets.ownerOf(revision, instance), instance, nodeName));
    } catch (ApiException refused) {
      shown.remove(PodResources.key(instance));
      throw refused;
    }
  }

  private void delete(KubernetesObject pod) {
    context.deleteMirrored(CoreKinds.POD, pod);
  }

  private void tell(KubernetesObject pod, Instance instance) {
    switch (instance.phase()) {
      case READY -> context.events().normal(pod, "Started", started(instance));
      case DRAINING -> context.events().normal(pod, "Killing", "Stopping container user-container");
      case STARTING, EXITED -> {}
    }
  }

  private void tellFailure(Instance instance) {
    if (!instance.wanted() || instance.exit().isEmpty()) {
      return;
    }
    String message = Exits.message(instance.exit().get());
    pod(instance).ifPresent(pod -> context.events().warning(pod, "Failed", message));
    tellRevision(instance, message);
  }

  private void tellRevision(Instance instance, String message) {
    revision(instance.revision())
        .ifPresent(revision -> context.events().warning(revision, "InstanceFailed", message));
  }

  /// Of its containers: that one is unhealthy, has ended, is started again.
  private void tellChanges(Instance before, Instance now) {
    List<ContainerState> known = before.containers();
    for (ContainerState state : now.containers()) {
      known.stream()
          .filter(old -> old.name().equals(state.name()) && old.restarts() < state.restarts())
          .flatMap(old -> state.lastExit().stream())
          .forEach(exit -> tellRevision(now, Exits.message(exit)));
    }
    List<PodEvents.News> news = PodEvents.between(Optional.of(before), now);
    if (now.phase() == Phase.DRAINING || !PodEvents.hasStarted(before)) {
      return;
    }
    pod(now).ifPresent(pod -> news.forEach(one -> tell(pod, one)));
  }

  private void tell(KubernetesObject pod, PodEvents.News news) {
    if (news.warning()) {
      context.events().warning(pod, news.reason(), news.message());
    } else {
      context.events().normal(pod, news.reason(), news.message());
    }
  }

  private Optional<KubernetesObject> pod(Instance instance) {
    return context.informers().pods().get(PodResources.key(instance));
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

package dev.ebb.controllers;

import dev.ebb.controllers.podspecs.PodSpecs;
import dev.ebb.controllers.podspecs.UnsupportedFields;
import dev.ebb.controllers.workloads.ContainerStatuses.Waiting;
import dev.ebb.controllers.workloads.PodEvents;
import dev.ebb.controllers.workloads.PodStatuses;
import dev.ebb.controllers.workloads.VolumeResources;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.StorageKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// Runs each Pod that a user, a ReplicaSet or a Job made, and writes what becomes of it. The Pod's
/// UID is the instance's name, so a server that starts anew finds what earlier ones left.
final class PlainPodReconciler implements Reconciler {
  /// A Pod has no time in which it must become ready.
  private static final Duration NO_DEADLINE = Duration.ofDays(3650);

  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);

  private final Context context;
  private final Instances instances;
  private final String nodeName;
  private final Map<ObjectKey, InstanceId> started = new ConcurrentHashMap<>();

  /// What the node told last; of one that ended until its status is written.
  private final Map<InstanceId, Instance> latest = new ConcurrentHashMap<>();

  private final Map<InstanceId, Instance> told = new ConcurrentHashMap<>();

  /// How long those have that are being deleted.
  private final Map<InstanceId, Duration> graces = new ConcurrentHashMap<>();

  /// Instances whose Pod is gone: taken away while no server looked.
  private final Set<InstanceId> strays = ConcurrentHashMap.newKeySet();

  private final Map<InstanceId, Waiting> refusalsTold = new ConcurrentHashMap<>();
  private final Map<InstanceId, Waiting> refusals = new ConcurrentHashMap<>();

  PlainPodReconciler(Context context, Instances instances, String nodeName) {
    this.context = context.mirroring();
    this.instances = instances;
    this.nodeName = nodeName;
  }

  /// Whether the instance is a Pod's and no revision's.
  static boolean isPod(InstanceId id) {
    return id.isPodUid();
  }

  /// @return the Pod that must be looked at; empty for an event that concerns none
  Optional<ObjectKey> apply(InstanceEvent event) {
    ObjectKey key = new ObjectKey(event.revision().namespace(), event.revision().name());
    return switch (event) {
      case InstanceEvent.PhaseChanged(Instance instance) -> {
        if (!isPod(instance.id())) {
          yield Optional.empty();
        }
        refusals.remove(instance.id());
        boolean known =
            context.informers().pods().get(key).map(PlainPodReconciler::id).stream()
                .anyMatch(instance.id()::equals);
        if (known) {
          latest.put(instance.id(), instance);
        } else if (instance.phase() == Phase.EXITED) {
          forget(key, instance.id());
        } else {
          strays.add(instance.id());
        }
        yield Optional.of(key);
      }
      case InstanceEvent.StartRefused(_, String reason, String message, _) -> {
        InstanceId id = started.get(key);
        if (id == null) {
          yield Optional.empty();
        }
        refusals.put(id, new Waiting(reason, message));
        yield Optional.of(key);
      }
    };
  }

  @Override
  public Result reconcile(ObjectKey key) {
    strays.removeIf(stray -> {
      instances.stop(stray);
      return true;
    });
    Optional<KubernetesObject> found =
        context.informers().pods().get(key).filter(pod -> !Mirrors.isMirror(pod));
    InstanceId before = started.get(key);
    if (before != null && !found.map(PlainPodReconciler::id).equals(Optional.of(before))) {
      stop(before);
      forget(key, before);
    }
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject pod = found.get();
    if (PodStatuses.isFinished(pod)) {
      forget(key, id(pod));
      release(pod);
      return Result.done();
    }
    return pod.deletionTimestamp().isPresent() ? end(pod) : run(pod);
  }

  /// The Pod is held until its instance has ended.
  private Result end(KubernetesObject pod) {
    Optional<Instance> instance = Optional.ofNullable(latest.get(id(pod)));
    boolean ended = instance.map(one -> one.phase() == Phase.EXITED).orElse(false);
    if (ended || (instance.isEmpty() && !isThere(id(pod)))) {
      instance.ifPresent(last -> tell(pod, last));
      write(
          pod, status -> PodStatuses.ended(status, pod, instance, PodStatuses.Reason.NONE, now()));
      release(pod);
      forget(pod.key(), id(pod));
      return Result.done();
    }
    Duration grace = Duration.ofSeconds(PodGrace.given(pod));
    Duration before = graces.put(id(pod), grace);
    if (before == null && PodGrace.given(pod) == PodGrace.own(pod)) {
      stop(id(pod));
    } else if (before == null || grace.compareTo(before) < 0) {
      instances.stop(id(pod), grace);
    }
    if (grace.isZero()) {
      // Nobody waits for its end: whoever forces a deletion is told at once that it is gone.
      release(pod);
      forget(pod.key(), id(pod));
      return Result.done();
    }
    show(pod, instance);
    return Result.done();
  }

  private Result run(KubernetesObject created) {
    Optional<UnsupportedFields.Refusal> refusal = UnsupportedFields.of(created.spec());
    if (refusal.isPresent()) {
      boolean toldBefore = created.status().has("phase");
      write(created, status -> PodStatuses.refused(status, created, refusal.get(), now()));
      if (!toldBefore) {
        context.events().warning(created, refusal.get().reason(), refusal.get().message());
      }
      return Result.done();
    }
    Optional<String> problem =
        started.containsKey(created.key()) ? Optional.empty() : claims(created);
    if (problem.isPresent()) {
      return waitsForClaims(created, "0/1 nodes are available: " + problem.get());
    }
    KubernetesObject pod = bound(created);
    InstanceId id = id(pod);
    Optional<Instance> instance = Optional.ofNullable(latest.get(id));
    if (instance.isEmpty() && !started.containsKey(pod.key())) {
      boolean never = pod.spec().path("restartPolicy").asString("").equals("Never");
      if (PodStatuses.hasRun(pod) && never && !isThere(id)) {
        write(
            pod,
            status ->
                PodStatuses.ended(status, pod, Optional.empty(), PodStatuses.Reason.LOST, now()));
        return Result.done();
      }
      started.put(pod.key(), id);
      instances.run(id, workload(pod));
    }
    if (instance.isPresent() && instance.get().phase() == Phase.EXITED) {
      tell(pod, instance.get());
      PodStatuses.Reason why =
          deadline(pod).filter(end -> !now().isBefore(end)).isPresent() && !instance.get().wanted()
              ? PodStatuses.Reason.DEADLINE
              : PodStatuses.Reason.NONE;
      write(pod, status -> PodStatuses.ended(status, pod, instance, why, now()));
      return Result.done();
    }
    show(pod, instance);
    return untilDeadline(pod);
  }

  /// What keeps the scheduler from placing a Pod; one that runs is placed. A change of the claim is
  /// a reason to look again.
  private Optional<String> claims(KubernetesObject pod) {
    if (latest.containsKey(id(pod)) || pod.finalizers().contains(PodResources.FINALIZER)) {
      return Optional.empty();
    }
    return VolumeResources.claims(pod).stream()
        .flatMap(name ->
            VolumeResources.problem(
                name,
                context
                    .resources()
                    .find(
                        StorageKinds.PERSISTENT_VOLUME_CLAIM, new ObjectKey(pod.namespace(), name)))
                .stream())
        .findFirst();
  }

  private Result waitsForClaims(KubernetesObject pod, String message) {
    boolean told =
        pod.status()
            .path("conditions")
            .valueStream()
            .anyMatch(condition -> condition.path("message").asString("").equals(message));
    if (!told) {
      write(pod, status -> PodStatuses.unschedulable(status, pod, message, now()));
      context.events().warning(pod, "FailedScheduling", message);
    }
    return Result.done();
  }

  private Result untilDeadline(KubernetesObject pod) {
    Optional<Instant> end = deadline(pod);
    if (end.isEmpty()) {
      return Result.done();
    }
    Duration rest = Duration.between(now(), end.get());
    if (rest.isPositive()) {
      return Result.requeueAfter(rest);
    }
    stop(id(pod));
    return Result.done();
  }

  /// When the Pod must have ended; its start is in its status once it was bound.
  private Optional<Instant> deadline(KubernetesObject pod) {
    long seconds = pod.spec().path("activeDeadlineSeconds").asLong(0);
    if (seconds <= 0) {
      return Optional.empty();
    }
    String start = pod.status().path("startTime").asString("");
    return Optional.of((start.isEmpty() ? now() : Instant.parse(start)).plusSeconds(seconds));
  }

  private void show(KubernetesObject pod, Optional<Instance> instance) {
    instance.ifPresent(one -> tell(pod, one));
    Waiting waiting = refusals.getOrDefault(id(pod), Waiting.CREATING);
    write(pod, status -> PodStatuses.running(status, pod, instance, waiting, now()));
    Waiting refused = refusals.get(id(pod));
    if (refused != null && !refused.equals(refusalsTold.put(id(pod), refused))) {
      context.events().warning(pod, "Failed", refused.message());
    }
  }

  private void tell(KubernetesObject pod, Instance instance) {
    Instance before = told.put(instance.id(), instance);
    for (PodEvents.News news : PodEvents.between(Optional.ofNullable(before), instance)) {
      if (news.warning()) {
        context.events().warning(pod, news.reason(), news.message());
      } else {
        context.events().normal(pod, news.reason(), news.message());
      }
    }
  }

  /// As the scheduler does, and held against deletion until the instance has ended.
  private KubernetesObject bound(KubernetesObject pod) {
    if (pod.finalizers().contains(PodResources.FINALIZER)) {
      return pod;
    }
    KubernetesObject bound =
        pod.with(json -> {
          json.withObject("/spec").put("nodeName", nodeName);
          json.withObject("/metadata").withArray("/finalizers").add(PodResources.FINALIZER);
        });
    KubernetesObject stored =
        context.resources().update(CoreKinds.POD, bound, Context.MIRROR).object();
    context
        .events()
        .normal(
            stored,
            "Scheduled",
            "Successfully assigned %s to %s".formatted(stored.key(), nodeName));
    return stored;
  }

  private void release(KubernetesObject pod) {
    context
        .resources()
        .find(CoreKinds.POD, pod.key())
        .filter(held -> held.uid().equals(pod.uid()))
        .filter(held -> held.finalizers().contains(PodResources.FINALIZER))
        .ifPresent(held ->
            context
                .resources()
                .update(
                    CoreKinds.POD,
                    held.with(json ->
                        json.withObject("/metadata")
                            .withArray("/finalizers")
                            .removeIf(node -> node.asString("").equals(PodResources.FINALIZER))),
                    Context.MIRROR));
  }

  private void stop(InstanceId id) {
    Instance instance = latest.get(id);
    boolean ending =
        instance != null
            && (instance.phase() == Phase.DRAINING || instance.phase() == Phase.EXITED);
    if (!ending && isThere(id)) {
      instances.stop(id);
    }
  }

  private boolean isThere(InstanceId id) {
    return instances.list().stream().anyMatch(instance -> instance.id().equals(id));
  }

  private void forget(ObjectKey key, InstanceId id) {
    started.remove(key, id);
    latest.remove(id);
    graces.remove(id);
    told.remove(id);
    refusals.remove(id);
    refusalsTold.remove(id);
  }

  private void write(KubernetesObject pod, UnaryOperator<ObjectNode> status) {
    context.statuses().write(CoreKinds.POD, pod, status);
  }

  private Instant now() {
    return context.now();
  }

  private static InstanceId id(KubernetesObject pod) {
    return new InstanceId(pod.uid());
  }

  private static Workload workload(KubernetesObject pod) {
    return new Workload(
        new RevisionId(pod.namespace(), pod.name()),
        "",
        "",
        PodSpecs.ofPod(pod.spec(), pod.labels(), pod.annotations()),
        0,
        REQUEST_TIMEOUT,
        NO_DEADLINE,
        Duration.ofSeconds(PodGrace.own(pod)));
  }
}

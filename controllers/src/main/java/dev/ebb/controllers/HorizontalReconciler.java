package dev.ebb.controllers;

import dev.ebb.controllers.HorizontalTarget.Missing;
import dev.ebb.controllers.HorizontalTarget.OfRevision;
import dev.ebb.controllers.HorizontalTarget.Scalable;
import dev.ebb.controllers.scaling.History;
import dev.ebb.controllers.scaling.HorizontalConditions;
import dev.ebb.controllers.scaling.HorizontalPlan;
import dev.ebb.controllers.scaling.PodUsage;
import dev.ebb.dataplane.Scaler;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.ScalingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A HorizontalPodAutoscaler -> the count of what it scales, and what it saw back. A Revision's
/// count goes to the autoscaler of the data plane; any other workload's goes into its spec.
final class HorizontalReconciler implements Reconciler {
  /// kube-controller-manager's `--horizontal-pod-autoscaler-sync-period`.
  private static final Duration PERIOD = Duration.ofSeconds(15);

  /// What was seen of one autoscaler; another one of the same name begins anew.
  private record Seen(String uid, History history) {}

  private final Context context;
  private final HorizontalTarget.Finder targets;
  private final StatusWriter statuses;
  private final Scaler scaler;
  private final PodUsage usage;
  private final Map<ObjectKey, Seen> seen = new ConcurrentHashMap<>();

  HorizontalReconciler(Context context, SystemConfig config, Scaler scaler, PodUsage usage) {
    this.context = context;
    this.targets = new HorizontalTarget.Finder(context.resources(), config, scaler);
    this.statuses = context.mirroring().statuses(); // each look writes another
    this.scaler = scaler;
    this.usage = usage;
  }

  /// Whether somebody else than this reconciler changed it.
  static boolean concerns(ObjectChange change) {
    return change
        .previous()
        .filter(before ->
            StatusWriter.same(before.spec(), change.object().spec())
                && before.annotations().equals(change.object().annotations())
                && before.uid().equals(change.object().uid())
                && before.deletionTimestamp().equals(change.object().deletionTimestamp()))
        .isEmpty();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = Informers.alive(context.informers().autoscalers(), key);
    if (found.isEmpty()) {
      seen.remove(key);
      return Result.done();
    }
    KubernetesObject autoscaler = found.get();
    switch (targets.of(autoscaler)) {
      case Missing(String problem) -> missing(autoscaler, problem);
      case OfRevision revision -> look(autoscaler, resumed(autoscaler, revision));
      case Scalable workload -> look(autoscaler, workload);
    }
    return Result.requeueAfter(PERIOD);
  }

  private void missing(KubernetesObject autoscaler, String problem) {
    context.events().warning(autoscaler, "FailedGetScale", problem);
    write(
        autoscaler,
        status -> {
          if (!status.has("desiredReplicas")) {
            status.put("desiredReplicas", 0);
          }
          HorizontalConditions.put(
              status, List.of(HorizontalConditions.targetMissing(problem)), context.now());
        });
  }

  /// A server that starts anew finds no instances, or too few, where the last one had scaled.
  private OfRevision resumed(KubernetesObject autoscaler, OfRevision revision) {
    int before = autoscaler.status().path("desiredReplicas").asInt(0);
    if (seen.containsKey(autoscaler.key()) || before <= revision.replicas()) {
      return revision;
    }
    scaler.prescribe(revision.id(), before, "as many as before the server was started");
    return revision.with(before);
  }

  private void look(KubernetesObject autoscaler, HorizontalTarget.Present target) {
    Seen before = seen.get(autoscaler.key());
    List<KubernetesObject> pods =
        target.selector().isEmpty()
            ? List.of()
            : context
                .resources()
                .list(
                    CoreKinds.POD,
                    ListQuery.in(autoscaler.namespace()).withLabels(target.selector()))
                .items();
    HorizontalPlan plan =
        HorizontalPlan.of(
            autoscaler,
            new HorizontalPlan.Target(target.replicas(), target.selector()),
            pods,
            usage,
            rivals(autoscaler),
            before != null && before.uid().equals(autoscaler.uid())
                ? before.history()
                : History.NONE,
            context.now());
    plan.news()
        .forEach(news -> context.events().warning(autoscaler, news.reason(), news.message()));
    Optional<Condition> update = Optional.empty();
    if (plan.rescales()) {
      update = Optional.of(update(autoscaler, target, plan));
    } else if (target instanceof OfRevision revision && plan.current() > 0) {
      scaler.prescribe(revision.id(), plan.current(), plan.words());
    }
    if (update.filter(Condition::isFalse).isEmpty()) {
      seen.put(autoscaler.key(), new Seen(autoscaler.uid(), plan.history()));
    }
    Optional<Condition> updated = update;
    write(autoscaler, status -> plan.status(status, updated, context.now()));
  }

  private Condition update(
      KubernetesObject autoscaler, HorizontalTarget.Present target, HorizontalPlan plan) {
    int replicas = plan.desired().orElseThrow();
    try {
      switch (target) {
        case OfRevision revision -> scaler.prescribe(revision.id(), replicas, plan.words());
        case Scalable workload -> scale(workload, replicas);
      }
    } catch (ApiException refused) {
      String problem = String.valueOf(refused.getMessage());
      context
          .events()
          .warning(
              autoscaler,
              "FailedRescale",
              "New size: %d; reason: %s; error: %s".formatted(replicas, plan.reason(), problem));
      return HorizontalConditions.notUpdated(problem);
    }
    context
        .events()
        .normal(
            autoscaler,
            "SuccessfulRescale",
            "New size: %d; reason: %s".formatted(replicas, plan.reason()));
    return HorizontalConditions.updated(replicas);
  }

  private void scale(Scalable workload, int replicas) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("spec").put("replicas", replicas);
    context
        .resources()
        .patch(
            workload.kind(),
            workload.key(),
            new Patch(Patch.Type.MERGE, body),
            WriteOptions.by(Context.FIELD_MANAGER).to(WriteOptions.Subresource.SCALE));
  }

  /// All that scale the same workload, if there are several.
  private List<String> rivals(KubernetesObject autoscaler) {
    List<String> all =
        context.informers().autoscalers().all().stream()
            .filter(other -> other.namespace().equals(autoscaler.namespace()))
            .filter(other -> HorizontalTarget.isSame(other, autoscaler))
            .map(KubernetesObject::name)
            .sorted()
            .toList();
    return all.size() > 1 ? all : List.of();
  }

  private void write(KubernetesObject autoscaler, Consumer<ObjectNode> change) {
    statuses.write(
        ScalingKinds.HORIZONTAL_POD_AUTOSCALER,
        autoscaler,
        status -> {
          change.accept(status);
          return status;
        });
  }
}

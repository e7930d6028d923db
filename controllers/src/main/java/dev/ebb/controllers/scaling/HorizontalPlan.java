package dev.ebb.controllers.scaling;

import dev.ebb.controllers.scaling.Proposal.Replicas;
import dev.ebb.controllers.scaling.Proposal.Unknown;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What to do with the count of a workload, and what to tell of it. Pure.
///
/// @param current the count of the workload's spec
/// @param desired empty where nothing could be computed: then the count stays
/// @param reason why the count changes, in the words of the event; empty where it does not
/// @param words the same with the numbers that it came from, for people
/// @param history to be given with the next look
public record HorizontalPlan(
    int current,
    OptionalInt desired,
    String reason,
    String words,
    List<Condition> conditions,
    Optional<List<JsonNode>> metrics,
    List<News> news,
    History history) {
  static final String SCALING_ACTIVE = "ScalingActive";

  public HorizontalPlan {
    conditions = List.copyOf(conditions);
    metrics = metrics.map(List::copyOf);
    news = List.copyOf(news);
  }

  /// A Warning about the autoscaler.
  public record News(String reason, String message) {}

  /// What is scaled.
  ///
  /// @param replicas the count of its spec
  /// @param selector of its Pods; empty where it has none
  public record Target(int replicas, String selector) {}

  /// @param pods those that the selector chooses
  /// @param rivals others that scale the same workload, by name
  public static HorizontalPlan of(
      KubernetesObject autoscaler,
      Target target,
      List<KubernetesObject> pods,
      PodUsage usage,
      List<String> rivals,
      History history,
      Instant now) {
    Builder plan = new Builder(autoscaler, target, history.begun(target.replicas(), now), now);
    int least = autoscaler.spec().path("minReplicas").asInt(1);
    int most = autoscaler.spec().path("maxReplicas").asInt(1);
    if (target.replicas() == 0 && least != 0) {
      return plan.disabled();
    }
    if (target.replicas() > most) {
      return plan.bounded(most, "Current number of replicas above Spec.MaxReplicas");
    }
    if (target.replicas() < least) {
      return plan.bounded(least, "Current number of replicas below Spec.MinReplicas");
    }
    if (target.selector().isEmpty()) {
      return plan.failed(
          "InvalidSelector",
          "the HPA target's scale is missing a selector",
          new News("SelectorRequired", "selector is required"));
    }
    if (!rivals.isEmpty()) {
      String message =
          "pods by selector %s are controlled by multiple HPAs: %s"
              .formatted(target.selector(), rivals);
      return plan.failed("AmbiguousSelector", message, new News("AmbiguousSelector", message));
    }
    return plan.measured(pods, usage.of(pods), least, most);
  }

  private static final class Builder {
    private final KubernetesObject autoscaler;
    private final Target target;
    private final Instant now;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<News> news = new ArrayList<>();
    private History history;
    private Optional<List<JsonNode>> metrics = Optional.empty();

    Builder(KubernetesObject autoscaler, Target target, History history, Instant now) {
      this.autoscaler = autoscaler;
      this.target = target;
      this.history = history;
      this.now = now;
      conditions.add(
          new Condition(
              Limits.ABLE_TO_SCALE,
              Status.TRUE,
              "SucceededGetScale",
              "the HPA controller was able to get the target's current scale"));
    }

    HorizontalPlan disabled() {
      conditions.add(
          new Condition(
              SCALING_ACTIVE,
              Status.FALSE,
              "ScalingDisabled",
              "scaling is disabled since the replica count of the target is zero"));
      return plan(OptionalInt.of(0), "", "");
    }

    HorizontalPlan bounded(int replicas, String reason) {
      metrics = Optional.of(List.of());
      return plan(OptionalInt.of(replicas), reason, reason + ": " + replicas);
    }

    HorizontalPlan failed(String reason, String message, News told) {
      conditions.add(new Condition(SCALING_ACTIVE, Status.FALSE, reason, message));
      news.add(told);
      return plan(OptionalInt.empty(), "", message + ": the count stays");
    }

    HorizontalPlan measured(
        List<KubernetesObject> pods, Map<ObjectKey, PodUse> use, int least, int most) {
      Map<String, PodUse> byName = new HashMap<>();
      use.forEach((key, one) -> byName.put(key.name(), one));
      ReplicaCalculator calculator =
          new ReplicaCalculator(
              target.replicas(), pods, byName, Behavior.tolerance(autoscaler.spec()), now);
      List<Metric> specs = Metric.of(autoscaler.spec());
      List<Unknown> unknown = new ArrayList<>();
      List<JsonNode> statuses = new ArrayList<>();
      Optional<Replicas> largest = Optional.empty();
      for (Metric metric : specs) {
        switch (calculator.propose(metric)) {
          case Replicas proposal -> {
            statuses.add(proposal.status());
            if (largest.isEmpty() || proposal.count() > largest.get().count()) {
              largest = Optional.of(proposal);
            }
          }
          case Unknown problem -> {
            unknown.add(problem);
            news.add(new News(problem.reason(), problem.problem()));
          }
        }
      }
      // A part of the metrics may say that more are needed, but not that fewer are enough.
      if (largest.isEmpty() || (!unknown.isEmpty() && largest.get().count() < target.replicas())) {
        Unknown first = unknown.getFirst();
        return failed(
            first.reason(),
            "the HPA was unable to compute the replica count: " + first.problem(),
            new News(
                "FailedComputeMetricsReplicas",
                "invalid metrics (%d invalid out of %d), first error is: %s: %s"
                    .formatted(unknown.size(), specs.size(), first.failed(), first.problem())));
      }
      metrics = Optional.of(statuses);
      return steadied(largest.get(), least, most);
    }

    private HorizontalPlan steadied(Replicas proposal, int least, int most) {
      conditions.add(
          new Condition(
              SCALING_ACTIVE,
              Status.TRUE,
              "ValidMetricFound",
              "the HPA was able to successfully calculate a replica count from "
                  + proposal.metric()));
      Optional<Behavior> behavior = Behavior.of(autoscaler.spec());
      Limits.Outcome outcome =
          new Limits(behavior, target.replicas(), least, most, history, now).of(proposal.count());
      history = history.proposed(proposal.count(), now, Limits.remembered(behavior));
      conditions.set(0, outcome.able());
      conditions.add(outcome.limited());
      String reason =
          proposal.count() > target.replicas()
              ? proposal.metric() + " above target"
              : "All metrics below target";
      return plan(
          OptionalInt.of(outcome.replicas()),
          reason,
          proposal.words() + words(outcome, proposal.count(), least, most));
    }

    private static String words(Limits.Outcome outcome, int proposed, int least, int most) {
      String steadied =
          outcome.steadied() == proposed
              ? ""
              : outcome.steadied() > proposed
                  ? ", held by the stabilization window"
                  : ", held back by the stabilization window";
      return steadied
          + switch (outcome.limited().isTrue() ? outcome.limited().reason() : "") {
            case "TooManyReplicas" -> ", limited by max-scale " + most;
            case "TooFewReplicas" -> ", raised to min-scale " + least;
            case "ScaleUpLimit" -> ", limited by how fast the count may rise";
            case "ScaleDownLimit" -> ", limited by how fast the count may fall";
            default -> "";
          };
    }

    private HorizontalPlan plan(OptionalInt desired, String reason, String words) {
      boolean changes = desired.isPresent() && desired.getAsInt() != target.replicas();
      if (changes) {
        Optional<Behavior> behavior = Behavior.of(autoscaler.spec());
        history =
            history.changed(
                desired.getAsInt() - target.replicas(),
                now,
                behavior
                    .map(it ->
                        it.up().longestPeriod().compareTo(it.down().longestPeriod()) > 0
                            ? it.up().longestPeriod()
                            : it.down().longestPeriod())
                    .orElse(Duration.ZERO));
      }
      return new HorizontalPlan(
          target.replicas(),
          desired,
          changes ? reason : "",
          words,
          conditions,
          metrics,
          news,
          history);
    }
  }

  /// Whether the workload's count is to be written.
  public boolean rescales() {
    return desired.isPresent() && desired.getAsInt() != current;
  }

  /// The status that tells of this.
  ///
  /// @param update what came of writing the count, where that was to be done
  public ObjectNode status(ObjectNode status, Optional<Condition> update, Instant now) {
    status.put("currentReplicas", current);
    boolean failed = update.filter(Condition::isFalse).isPresent();
    if (desired.isPresent() && !failed) {
      status.put("desiredReplicas", desired.getAsInt());
    } else if (!status.has("desiredReplicas")) {
      status.put("desiredReplicas", 0);
    }
    metrics
        .filter(_ -> !failed)
        .ifPresent(all -> {
          if (all.isEmpty()) {
            status.remove("currentMetrics");
          } else {
            all.forEach(status.putArray("currentMetrics")::add);
          }
        });
    if (rescales() && !failed) {
      status.put("lastScaleTime", HorizontalConditions.time(now));
    }
    List<Condition> all = new ArrayList<>(conditions);
    update.ifPresent(condition -> all.set(0, condition));
    HorizontalConditions.put(status, all, now);
    return status;
  }
}

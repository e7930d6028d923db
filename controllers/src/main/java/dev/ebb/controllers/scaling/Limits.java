package dev.ebb.controllers.scaling;

import dev.ebb.controllers.scaling.Behavior.Policy;
import dev.ebb.controllers.scaling.Behavior.Rules;
import dev.ebb.controllers.scaling.Behavior.Select;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.IntSummaryStatistics;
import java.util.Optional;

/// Steadies a proposed count by what was proposed before, and limits how far and how fast it goes.
///
/// @param current the count of the workload's spec
/// @param history before this proposal
record Limits(
    Optional<Behavior> behavior, int current, int least, int most, History history, Instant now) {
  static final String ABLE_TO_SCALE = "AbleToScale";
  static final String SCALING_LIMITED = "ScalingLimited";

  /// Without a behavior: a count at most doubles in one look, or becomes four.
  private static final int FACTOR = 2;

  private static final int AT_ONCE = 4;

  private static final Condition READY =
      new Condition(
          ABLE_TO_SCALE, Status.TRUE, "ReadyForNewScale", "recommended size matches current size");

  /// @param steadied before it was limited
  record Outcome(int replicas, int steadied, Condition able, Condition limited) {}

  private record Limit(int replicas, String reason, String message) {
    static Limit within(int replicas) {
      return new Limit(
          replicas, "DesiredWithinRange", "the desired count is within the acceptable range");
    }
  }

  private static final String UP_TOO_FAST =
      "the desired replica count is increasing faster than the maximum scale rate";
  private static final String DOWN_TOO_FAST =
      "the desired replica count is decreasing faster than the maximum scale rate";
  private static final String TOO_MANY =
      "the desired replica count is more than the maximum replica count";
  private static final String TOO_FEW =
      "the desired replica count is less than the minimum replica count";

  Outcome of(int proposed) {
    int steadied =
        behavior.map(rules -> steadied(rules, proposed)).orElseGet(() -> plain(proposed));
    Limit limit =
        behavior.map(rules -> limited(rules, steadied)).orElseGet(() -> limited(steadied));
    return new Outcome(
        limit.replicas(),
        steadied,
        steadied == proposed ? READY : stabilized(proposed),
        new Condition(
            SCALING_LIMITED,
            limit.replicas() == steadied ? Status.FALSE : Status.TRUE,
            limit.reason(),
            limit.message()));
  }

  /// How long proposals are worth remembering.
  static Duration remembered(Optional<Behavior> behavior) {
    return behavior
        .map(rules -> longer(rules.up().stabilization(), rules.down().stabilization()))
        .orElse(Behavior.DOWN_STABILIZATION);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private Condition stabilized(int proposed) {
    return behavior.isPresent() && proposed >= current
        ? new Condition(
            ABLE_TO_SCALE,
            Status.TRUE,
            "ScaleUpStabilized",
            "recent recommendations were lower than current one, applying the lowest recent"
                + " recommendation")
        : new Condition(
            ABLE_TO_SCALE,
            Status.TRUE,
            "ScaleDownStabilized",
            "recent recommendations were higher than current one, applying the highest recent"
                + " recommendation");
  }

  private IntSummaryStatistics recent(Duration window, int proposed) {
    IntSummaryStatistics recent = new IntSummaryStatistics();
    recent.accept(proposed);
    history.proposedSince(now.minus(window)).forEach(recent::accept);
    return recent;
  }

  private int plain(int proposed) {
    return recent(Behavior.DOWN_STABILIZATION, proposed).getMax();
  }

  /// Up to what was wanted all along, down to what was wanted at no time.
  private int steadied(Behavior rules, int proposed) {
    int up = recent(rules.up().stabilization(), proposed).getMin();
    int down = recent(rules.down().stabilization(), proposed).getMax();
    return Math.min(Math.max(current, up), down);
  }

  private Limit limited(int wanted) {
    int fastest = Math.max(FACTOR * current, AT_ONCE);
    if (wanted < least) {
      return new Limit(least, "TooFewReplicas", TOO_FEW);
    }
    if (wanted > Math.min(fastest, most)) {
      return most > fastest
          ? new Limit(fastest, "ScaleUpLimit", UP_TOO_FAST)
          : new Limit(most, "TooManyReplicas", TOO_MANY);
    }
    return Limit.within(wanted);
  }

  private Limit limited(Behavior rules, int wanted) {
    if (wanted > current) {
      int fastest = Math.max(current, fastestUp(rules.up()));
      if (wanted > Math.min(fastest, most)) {
        return most > fastest
            ? new Limit(fastest, "ScaleUpLimit", UP_TOO_FAST)
            : new Limit(most, "TooManyReplicas", TOO_MANY);
      }
    } else if (wanted < current) {
      int fastest = Math.min(current, fastestDown(rules.down()));
      if (wanted < Math.max(fastest, least)) {
        return least < fastest
            ? new Limit(fastest, "ScaleDownLimit", DOWN_TOO_FAST)
            : new Limit(least, "TooFewReplicas", TOO_FEW);
      }
    }
    return Limit.within(wanted);
  }

  private int fastestUp(Rules rules) {
    if (rules.select() == Select.DISABLED) {
      return current;
    }
    IntSummaryStatistics counts = new IntSummaryStatistics();
    for (Policy policy : rules.policies()) {
      int before = before(policy);
      // Rounded up: a small share of a small count would never let it grow.
      counts.accept(
          policy.percent()
              ? (int) Math.ceil(before * (1 + policy.value() / 100.0))
              : saturated((long) before + policy.value()));
    }
    return rules.select() == Select.MAX ? counts.getMax() : counts.getMin();
  }

  private int fastestDown(Rules rules) {
    if (rules.select() == Select.DISABLED) {
      return current;
    }
    IntSummaryStatistics counts = new IntSummaryStatistics();
    for (Policy policy : rules.policies()) {
      int before = before(policy);
      counts.accept(
          policy.percent()
              ? (int) (before * (1 - policy.value() / 100.0))
              : saturated((long) before - policy.value()));
    }
    return rules.select() == Select.MAX ? counts.getMin() : counts.getMax();
  }

  /// The count at the beginning of the policy's period.
  private int before(Policy policy) {
    Instant begin = now.minus(policy.period());
    return current - history.changeSince(begin, true) + history.changeSince(begin, false);
  }

  private static int saturated(long count) {
    return (int) Math.min(Integer.MAX_VALUE, count);
  }
}

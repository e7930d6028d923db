package dev.ebb.node.pods;

import java.time.Duration;

/// How long an ended container waits before it is started again: the first time not at all, then
/// longer and longer; after a run that was long enough it begins anew. Not thread-safe.
final class CrashBackoff {
  enum Rule {
    /// The kubelet's: 10 s, 20 s, ... 5 min.
    KUBELET(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(10)),
    /// Requests wait for it: 1 s, 2 s, ... 1 min, as in Kubernetes with
    /// `ReduceDefaultCrashLoopBackOffDecay` (KEP-4603), and the same as between instances.
    SERVING(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10));

    private final Duration first;
    private final Duration longest;

    /// How long a run must last to prove that the container works.
    private final Duration healthy;

    Rule(Duration first, Duration longest, Duration healthy) {
      this.first = first;
      this.longest = longest;
      this.healthy = healthy;
    }
  }

  private final Rule rule;
  private int ends;

  CrashBackoff(Rule rule) {
    this.rule = rule;
  }

  /// @param ran how long the run took that has ended
  Duration ended(Duration ran) {
    if (ran.compareTo(rule.healthy) >= 0) {
      ends = 0;
    }
    ends++;
    if (ends == 1) {
      return Duration.ZERO;
    }
    Duration delay = rule.first.multipliedBy(1L << Math.min(ends - 2, 10));
    return delay.compareTo(rule.longest) > 0 ? rule.longest : delay;
  }
}

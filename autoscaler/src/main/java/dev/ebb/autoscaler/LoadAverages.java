package dev.ebb.autoscaler;

import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The two averages of one revision's load that [KpaDecider] compares: of the stable window and of
/// the panic window. The windows are made for the first load, and most revisions sleep most of
/// their time, so whoever finds them empty forgets them. Not thread-safe.
final class LoadAverages {
  private record Windows(LoadWindow stable, LoadWindow panic) {}

  private @Nullable Windows windows;

  /// Adds what the gateway saw from one time to a later one. As long as a revision has neither load
  /// nor instances nothing is recorded, so its averages begin with the first request.
  void record(ScalingPolicy policy, long from, long to, RevisionStats seen) {
    boolean nothing =
        seen.averageConcurrency() == 0
            && seen.requestCount() == 0
            && seen.readyInstances() == 0
            && seen.waiting() + seen.inFlight() == 0;
    if (nothing || policy.metric() == Metric.USE || policy.metric() == Metric.BACKLOG) {
      return; // the gateway does not see them
    }
    Windows present = windows;
    if (present == null) {
      present =
          new Windows(new LoadWindow(stableSeconds(policy)), new LoadWindow(panicSeconds(policy)));
      windows = present;
    }
    double load = load(policy.metric(), from, to, seen);
    present.stable().record(from, to, load);
    present.panic().record(from, to, load);
  }

  private static double load(Metric metric, long from, long to, RevisionStats seen) {
    return switch (metric) {
      case CONCURRENCY -> seen.averageConcurrency();
      case RPS -> seen.requestCount() * 1e9 / (to - from);
      case USE, BACKLOG -> 0;
    };
  }

  /// The windows have other lengths, or the load is another.
  void change(ScalingPolicy before, ScalingPolicy now) {
    if (now.metric() != before.metric()) {
      forget();
    }
    if (windows != null) {
      windows.stable().resize(stableSeconds(now));
      windows.panic().resize(panicSeconds(now));
    }
  }

  void forget() {
    windows = null;
  }

  /// Whether nothing was recorded for a whole stable window.
  boolean isEmpty(long now) {
    return windows == null || windows.stable().isEmpty(now);
  }

  double stable(ScalingPolicy policy, long now) {
    return average(policy, now, Windows::stable);
  }

  double panicking(ScalingPolicy policy, long now) {
    return average(policy, now, Windows::panic);
  }

  private double average(ScalingPolicy policy, long now, Function<Windows, LoadWindow> which) {
    if (windows == null) {
      return 0;
    }
    LoadWindow window = which.apply(windows);
    return switch (policy.averaging()) {
      case LINEAR -> window.average(now);
      case WEIGHTED_EXPONENTIAL -> window.weightedAverage(now);
    };
  }

  private static int stableSeconds(ScalingPolicy policy) {
    return Math.max(1, (int) Math.ceilDiv(policy.stableWindow().toMillis(), 1000L));
  }

  private static int panicSeconds(ScalingPolicy policy) {
    return (int) Decision.panicWindow(policy).toSeconds();
  }
}

package dev.ebb.autoscaler;

import dev.ebb.dataplane.ScalingPolicy;

/// How many instances the load wants: the rules of Knative's pod autoscaler (KPA) on concurrency or
/// on requests per second.
///
/// Two averages of the same load compete. The **stable** one (60 s) decides in quiet times:
/// instances = ceil(average / target). The **panic** one (6 s) watches for bursts: when it wants at
/// least twice (`panic-threshold-percentage`) what is ready, panic mode begins. In panic mode the
/// larger of both counts is taken and the count never falls, so a burst that pauses does not lose
/// its instances; the mode ends when no tick of a whole stable window was above the threshold.
///
/// In one tick the count moves at most to `max-scale-up-rate` times what is ready, and at least to
/// `1 / max-scale-down-rate` of it; an unreachable revision may fall at once. A count above zero is
/// at least `activation-scale`.
///
/// Pure: the panic state goes in and comes out. Sources: Knative Serving's documentation of the KPA
/// and of `config-autoscaler`; Rzadca et al., "Autopilot", EuroSys 2020, for windowed
/// recommendations.
final class KpaDecider {
  private KpaDecider() {}

  /// Panic mode, or that there is none.
  ///
  /// @param since when the load was last above the threshold, in nanoseconds
  /// @param instances the most that were wanted in this mode
  record Panic(boolean active, long since, int instances) {
    static final Panic NONE = new Panic(false, 0, 0);
  }

  /// @param instances what the load wants, before the bounds of the revision
  /// @param wanted for the load alone, without rates, panic mode and `activation-scale`
  /// @param limited whether a rate held the count back in this tick
  record Recommendation(int instances, int wanted, Panic panic, boolean limited) {}

  /// @param stable average load of the stable window
  /// @param panicking average load of the panic window
  /// @param now in nanoseconds, of the same clock as `previous.since()`
  static Recommendation recommend(
      ScalingPolicy policy, double stable, double panicking, int ready, Panic previous, long now) {
    double present = Math.max(1, ready);
    double target = target(policy);
    double wantedStable = Math.ceil(stable / target);
    double wantedPanic = Math.ceil(panicking / target);

    // Rounded away from what is ready, so that a rate near 1 moves by one instance at least.
    double most = Math.ceil(policy.maxScaleUpRate() * present);
    double least = policy.reachable() ? Math.floor(present / policy.maxScaleDownRate()) : 0;
    int forStable = activated(policy, wantedStable, clamp(wantedStable, least, most));
    int forPanic = activated(policy, wantedPanic, clamp(wantedPanic, least, most));

    boolean over = wantedPanic / present >= policy.panicThresholdPercentage() / 100;
    var panic = next(previous, over, now, policy.stableWindow().toNanos());
    if (!panic.active()) {
      return new Recommendation(
          forStable, (int) wantedStable, panic, wantedStable < least || wantedStable > most);
    }
    int instances = Math.max(panic.instances(), Math.max(forStable, forPanic));
    return new Recommendation(
        instances,
        (int) Math.max(wantedStable, wantedPanic),
        new Panic(true, panic.since(), instances),
        Math.max(wantedStable, wantedPanic) > most);
  }

  /// For as many calls as there are now, without averages: how long a queue is needs no estimate.
  ///
  /// Source: OpenFaaS's documentation of autoscaling, "queue": load / (target * proportion).
  static int forBacklog(ScalingPolicy policy, long calls) {
    double wanted = Math.ceil(Math.round(calls / target(policy) * 1e6) / 1e6);
    return activated(policy, wanted, (int) Math.min(wanted, Integer.MAX_VALUE));
  }

  /// What one instance should have of the load.
  static double target(ScalingPolicy policy) {
    return Math.max(MINIMUM_TARGET, policy.target() * policy.targetUtilization());
  }

  /// Below it the counts mean nothing; Knative refuses smaller targets.
  private static final double MINIMUM_TARGET = 0.01;

  private static Panic next(Panic previous, boolean over, long now, long stableWindow) {
    if (over) {
      return new Panic(true, now, previous.instances());
    }
    return previous.active() && now - previous.since() > stableWindow ? Panic.NONE : previous;
  }

  private static int clamp(double wanted, double least, double most) {
    return (int) Math.min(Math.max(wanted, least), most);
  }

  private static int activated(ScalingPolicy policy, double wanted, int count) {
    return wanted > 0 ? Math.max(count, policy.activationScale()) : count;
  }
}

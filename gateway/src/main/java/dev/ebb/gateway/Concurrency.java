package dev.ebb.gateway;

/// The concurrency of a revision as an integral: each change of "waiting + in flight" first adds
/// what the old value has lasted. The autoscaler's average is the integral over the time since it
/// last asked. Guarded by the throttle's lock.
final class Concurrency {
  private double integral;
  private long integratedUntil;
  private long collectedAt;

  Concurrency(long nowNanos) {
    this.integratedUntil = nowNanos;
    this.collectedAt = nowNanos;
  }

  /// @param value what the concurrency was until now
  void advance(int value, long nowNanos) {
    // Event loops read the clock before they get the lock, so a later reading may come first.
    if (nowNanos - integratedUntil > 0) {
      integral += (double) (nowNanos - integratedUntil) * value;
      integratedUntil = nowNanos;
    }
  }

  /// The average since the last call.
  ///
  /// @param value the concurrency now, which is the average of no time
  double collect(int value, long nowNanos) {
    advance(value, nowNanos);
    long elapsed = nowNanos - collectedAt;
    double average = elapsed > 0 ? integral / elapsed : value;
    collectedAt = nowNanos;
    integral = 0;
    return average;
  }
}

package dev.ebb.reconcile;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Time that passes when the test says so. Starts just before the overflow of nanoTime.
final class VirtualClock implements LongSupplier {
  private long nanos = Long.MAX_VALUE - 1;

  void advance(Duration time) {
    nanos += time.toNanos();
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}

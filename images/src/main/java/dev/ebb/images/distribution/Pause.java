package dev.ebb.images.distribution;

import java.time.Duration;

/// Waits. Tests have one that does not.
@FunctionalInterface
interface Pause {
  /// @throws InterruptedException also when nothing is waited for any more, because of a close
  void await(Duration time) throws InterruptedException;
}

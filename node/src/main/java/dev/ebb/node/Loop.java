package dev.ebb.node;

import java.time.Duration;
import java.time.Instant;

/// One thread that owns a node's state, and helpers for what blocks.
public interface Loop {
  /// Runs on the loop, in the order of the calls.
  void execute(Runnable task);

  /// Runs on the loop after so long; nothing happens when it is cancelled before.
  Timer after(Duration delay, Runnable task);

  /// Runs beside the loop; may block.
  void work(Runnable task);

  /// As [#work], with a fair share of the machine's time for each owner: for what starts instances,
  /// of which one owner may want hundreds at once.
  void work(Object owner, Runnable task);

  /// Of a clock that only goes forward.
  long nanoTime();

  /// What the calendar says.
  Instant now();

  interface Timer {
    /// Never waited for.
    Timer NONE = () -> {};

    /// Idempotent.
    void cancel();
  }
}

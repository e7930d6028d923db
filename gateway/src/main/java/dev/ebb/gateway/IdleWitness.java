package dev.ebb.gateway;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Sees that an idle connection is still open, for [KeptOpen]. That nothing was heard of its end
/// proves nothing by itself: an event loop that got no processor for a second finds a request
/// before it hears that the instance closed the connection long ago. What came until now is heard
/// in the loop's next look at its sockets, so a connection that is idle still after that was open.
///
/// Belongs to an event loop.
final class IdleWitness {
  private final KeptOpen keptOpen;
  private final Consumer<Runnable> nextTasks;
  private boolean watching;

  /// @param nextTasks runs something when the loop does its tasks the next time: after it handled
  ///   what it has just found, or, out of a task, after it has looked again
  IdleWitness(KeptOpen keptOpen, Consumer<Runnable> nextTasks) {
    this.keptOpen = keptOpen;
    this.nextTasks = nextTasks;
  }

  /// @param idleNanos how long it has been idle
  /// @param stillIdle whether it is, and was all the time
  void see(long idleNanos, BooleanSupplier stillIdle) {
    if (watching) {
      return;
    }
    watching = true;
    nextTasks.accept(() ->
        nextTasks.accept(() -> {
          watching = false;
          if (stillIdle.getAsBoolean()) {
            keptOpen.open(idleNanos);
          }
        }));
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventLogException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Waits for the log.
final class Futures {
  private Futures() {}

  /// @throws EventLogException as the log says
  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof EventLogException reason) {
        throw reason;
      }
      throw e;
    }
  }

  /// For what a lease that lapses does as well.
  static void forget(CompletableFuture<?> future) {
    var _ = future;
  }
}

package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Tells a person at a terminal what a command waits for, once it has waited for a second, and
/// again whenever that changes. Silent where standard error is no terminal: scripts read that.
final class Progress {
  /// People take what is done within a second for done at once (Nielsen, Usability Engineering,
  /// 1993, chapter 5).
  private static final long PATIENCE_MILLIS = 1000;

  private Progress() {}

  /// @param state what is waited for at this moment; called by another thread
  static <T> T during(PrintWriter err, Supplier<String> state, Supplier<T> wait) {
    if (!Boolean.getBoolean("ebb.terminal.err")) {
      return wait.get();
    }
    CountDownLatch over = new CountDownLatch(1);
    Thread.ofVirtual().name("ebb-progress").start(() -> tell(err, state, over));
    try {
      return wait.get();
    } finally {
      over.countDown();
    }
  }

  private static void tell(PrintWriter err, Supplier<String> state, CountDownLatch over) {
    String told = "";
    try {
      while (!over.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        String now = state.get();
        if (!now.equals(told)) {
          err.println(now);
          err.flush();
          told = now;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

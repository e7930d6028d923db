package dev.ebb.cli;

import java.io.PrintWriter;
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
    Thread teller = Thread.ofVirtual().name("ebb-progress").start(() -> tell(err, state));
    try {
      return wait.get();
    } finally {
      teller.interrupt();
    }
  }

  private static void tell(PrintWriter err, Supplier<String> state) {
    String told = "";
    try {
      while (true) {
        Thread.sleep(PATIENCE_MILLIS);
        String now = state.get();
        if (!now.equals(told)) {
          err.println(now);
          err.flush();
          told = now;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The wait is over.
    }
  }
}

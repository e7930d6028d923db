package dev.ebb.server;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebb.node.Linux;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Semaphore;

/// Lets work go on as far as the processors have time left. Whoever asks waits until a thread of
/// low priority had its turn: at once where a processor is idle, some milliseconds where all are
/// busy. That thread does nothing else and holds nothing, so nobody ever waits for somebody whom it
/// keeps from going on. Thread-safe; has a thread from the first time on.
///
/// Source: setpriority(2): on Linux the nice value is one of each thread; sched(7).
final class LeftoverTime implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LeftoverTime.class.getName());

  /// A third of what other threads get, where they compete.
  private static final int NICE = 5;

  private static final int PRIO_PROCESS = 0;
  private static final int THIS_THREAD = 0;

  private final Semaphore asked = new Semaphore(0);
  private final Semaphore given = new Semaphore(0);
  private boolean started;
  private volatile boolean closed;

  /// Waits for time that is left over, or for the end of the server.
  void await() {
    start();
    asked.release();
    given.acquireUninterruptibly();
  }

  private synchronized void start() {
    if (!started) {
      started = true;
      Thread.ofPlatform().daemon().name("ebb-leftover-time").start(this::run);
    }
  }

  private void run() {
    lower();
    while (!closed) {
      asked.acquireUninterruptibly();
      given.release();
    }
    given.release(Integer.MAX_VALUE / 2);
  }

  /// Without it work only is less even.
  private static void lower() {
    MethodHandle setpriority =
        Linux.function(
            "setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      int result = (int) setpriority.invokeExact(PRIO_PROCESS, THIS_THREAD, NICE);
      if (result != 0) {
        LOG.log(System.Logger.Level.WARNING, "a thread cannot have a lower priority");
      }
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    asked.release();
    given.release(Integer.MAX_VALUE / 2);
  }
}

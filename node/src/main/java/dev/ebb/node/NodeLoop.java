package dev.ebb.node;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One thread that owns a node's state, and others for what blocks. After [#close] tasks are
/// dropped.
///
/// A few of these are threads of the operating system: a start that is waited for would else stand
/// in a line with all virtual threads of the control plane, which its own events wake. When they
/// are all taken, virtual threads do the rest.
final class NodeLoop implements Loop, AutoCloseable {
  private static final Logger LOG = System.getLogger(NodeLoop.class.getName());

  private static final int PLATFORM_THREADS = 16;
  private static final int STARTS_PER_PROCESSOR = 8;

  private final ScheduledThreadPoolExecutor loop;
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          0,
          PLATFORM_THREADS,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("ebb-node-work-", 0).daemon().factory(),
          NodeLoop::virtually);

  /// Starts wait for the kernel as much as for processors, so there are several for each.
  private final FairShares starts = new FairShares(STARTS_PER_PROCESSOR * processors(), workers);

  NodeLoop() {
    loop =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("ebb-node").daemon().factory());
    loop.setRemoveOnCancelPolicy(true);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    try {
      loop.execute(guarded(task));
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "the node is closed; a task was dropped");
    }
  }

  /// As [#schedule], for what nobody cancels.
  void later(Runnable task, Duration delay) {
    var ignored = schedule(task, delay);
  }

  @Nullable ScheduledFuture<?> schedule(Runnable task, Duration delay) {
    try {
      return loop.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  @Override
  public void work(Runnable task) {
    workers.execute(guarded(task));
  }

  @Override
  public void work(Object owner, Runnable task) {
    starts.execute(owner, guarded(task));
  }

  private static void virtually(Runnable task, ThreadPoolExecutor full) {
    if (!full.isShutdown()) {
      Thread.ofVirtual().name("ebb-node-work").start(task);
    }
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    var scheduled = schedule(task, delay);
    return scheduled == null ? Timer.NONE : () -> scheduled.cancel(false);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public void close() {
    loop.shutdownNow();
    workers.shutdown();
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | AssertionError e) {
        LOG.log(Level.ERROR, "a task of the node failed", e);
      }
    };
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.EventLogException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The threads of a log, from its first write to its end. Thread-safe.
final class LogThreads implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LogThreads.class.getName());
  private static final long CLEANING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final boolean threaded;
  private final OpQueue queue;
  private final Journal journal;
  private final Cleaner cleaner;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private volatile boolean started;
  private boolean closed;
  private boolean writing;
  private boolean cleaning;

  LogThreads(boolean threaded, OpQueue queue, Journal journal, Cleaner cleaner) {
    this.threaded = threaded;
    this.queue = queue;
    this.journal = journal;
    this.cleaner = cleaner;
  }

  void start() {
    if (started || !threaded) {
      return;
    }
    lock.lock();
    try {
      if (started || closed) {
        return;
      }
      started = true;
      writing = true;
      cleaning = true;
      // A platform thread, for it does nothing but wait for the disk.
      Thread.ofPlatform().daemon().name("ebb-event-log").start(this::write);
      Thread.ofPlatform().daemon().name("ebb-event-cleaner").start(this::clean);
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    try {
      for (List<Op> ops = queue.take(); !ops.isEmpty(); ops = queue.take()) {
        commit(ops);
      }
    } finally {
      lock.lock();
      try {
        writing = false;
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// A mistake in this program must not leave others waiting forever.
  private void commit(List<Op> ops) {
    try {
      journal.commit(ops);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the event log stops", e);
      EventLogException reason = new EventLogException("the event log stopped: " + e, e);
      queue.close();
      ops.forEach(op -> op.refuse(reason));
      for (List<Op> rest = queue.poll(); !rest.isEmpty(); rest = queue.poll()) {
        rest.forEach(op -> op.refuse(reason));
      }
    }
  }

  private void clean() {
    while (cleaner.await(CLEANING_NANOS)) {
      try {
        cleaner.clean();
      } catch (EventLogException e) {
        LOG.log(System.Logger.Level.WARNING, "the event log could not be cleaned", e);
      }
    }
    lock.lock();
    try {
      cleaning = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean work() {
    List<Op> ops = queue.poll();
    if (ops.isEmpty()) {
      return false;
    }
    journal.commit(ops);
    return true;
  }

  void workIfAlone() {
    if (!threaded) {
      while (work()) {
        // Until the last is done.
      }
    }
  }

  /// Writes what waits, then stops.
  @Override
  public void close() {
    queue.close();
    cleaner.stop();
    workIfAlone();
    lock.lock();
    try {
      closed = true;
      while (writing || cleaning) {
        ended.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    journal.closeInOrder();
    journal.close();
    cleaner.closeInOrder();
  }
}

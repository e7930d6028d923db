package dev.ebb.server;

import dev.ebb.gateway.AccessLog;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// One line per request in the server's log, written beside the event loops. When the disk is
/// slower than the requests, lines are dropped, and how many is told: a log must not slow the
/// requests down.
final class AccessLogger implements AccessLog, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("dev.ebb.access");

  /// A second of 16,000 requests, about 5 MB.
  private static final int CAPACITY = 16 * 1024;

  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer = Thread.ofVirtual().name("ebb-access-log").start(this::write);

  @Override
  public void exchange(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.incrementAndGet();
    }
  }

  private void write() {
    try {
      while (true) {
        Entry entry = queue.take();
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          LOGGER.log(System.Logger.Level.WARNING, lost + " lines of the access log were dropped");
        }
        LOGGER.log(System.Logger.Level.INFO, () -> line(entry));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String line(Entry entry) {
    return "%s \"%s %s%s\" %d in=%d out=%d queued=%dus total=%dus target=%s instance=%s id=%s"
        .formatted(
            entry.client(),
            entry.method(),
            entry.host(),
            entry.path(),
            entry.status(),
            entry.requestBytes(),
            entry.responseBytes(),
            entry.queued().toNanos() / 1000,
            entry.total().toNanos() / 1000,
            entry.target(),
            entry.instance(),
            entry.requestId());
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}

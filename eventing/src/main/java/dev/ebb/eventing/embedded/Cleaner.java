package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.DiskFullException;
import dev.ebb.eventing.log.EventLogException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Gives back what nobody needs any more. Thread-safe; one cleans at a time.
///
/// Whatever is deleted is not needed by what is durable: an acknowledgement or a trim counts when
/// it is on the disk. A crash in the middle leaves files that are not needed, which are found
/// again.
final class Cleaner {

  /// What the log takes on the disk.
  record Usage(int segments, long bytes) {}

  private final EmbeddedEventLog log;
  private final ReentrantLock cleaning = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// In order; the last is the active one, or was when the process before ended.
  private final List<Segment> segments;

  private boolean stopped;
  private boolean asked;

  Cleaner(EmbeddedEventLog log, List<Segment> segments) {
    this.log = log;
    this.segments = new ArrayList<>(segments);
  }

  /// There is a new active segment.
  void begun(Segment active) {
    lock.lock();
    try {
      segments.add(active);
      asked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there may be something to clean.
  ///
  /// @return false when the log is closed
  boolean await(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (!stopped && !asked && left > 0) {
        left = changed.awaitNanos(left);
      }
      asked = false;
      return !stopped;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Usage usage() {
    List<Segment> all = segments();
    long bytes = 0;
    for (Segment segment : all) {
      bytes += segment.length;
      for (Segment.Owned payload : segment.payloads()) {
        bytes += payload.bytes();
      }
    }
    return new Usage(all.size(), bytes);
  }

  private List<Segment> segments() {
    lock.lock();
    try {
      return List.copyOf(segments);
    } finally {
      lock.unlock();
    }
  }

  /// @throws EventLogException when the disk failed; what could be done is done
  void clean() {
    cleaning.lock();
    try {
      new Retention(log).apply();
      List<Segment> all = segments();
      List<Segment> closed = all.isEmpty() ? all : all.subList(0, all.size() - 1);
      // What needs no room comes first, for the disk may be full; then what makes more than it
      // takes.
      deletePayloads(all);
      cut(closed);
      deleteSegments(closed);
      log.reserve().keep();
      index(closed);
      compact();
    } catch (IOException e) {
      throw e instanceof NoSpaceException
          ? new DiskFullException(log.files().files.directory(), e)
          : new EventLogException("cannot clean " + log.files().files.directory() + ": " + e, e);
    } finally {
      cleaning.unlock();
    }
  }

  /// Writes the indexes that are missing, so that opening the log again reads little.
  void closeInOrder() {
    List<Segment> all = segments();
    try {
      index(all.isEmpty() ? all : all.subList(0, all.size() - 1));
    } catch (IOException e) {
      System.getLogger(Cleaner.class.getName())
          .log(System.Logger.Level.DEBUG, "segments stay without an index", e);
    }
  }

  private void deletePayloads(List<Segment> all) throws IOException {
    for (Segment segment : all) {
      Set<Segment.Owned> deleted = new HashSet<>();
      for (Segment.Owned payload : segment.payloads()) {
        if (!isNeeded(payload.stream(), it -> it.isNeeded(payload.sequence()))) {
          log.files().files.delete(Content.Large.fileName(payload.id()));
          deleted.add(payload);
        }
      }
      segment.disown(deleted);
    }
  }

  /// How many events of an extent are needed; an upper bound.
  long needed(Extent extent) {
    return log.state()
        .find(extent.stream)
        .map(stream -> {
          stream.lock.lock();
          try {
            return stream.needed(extent);
          } finally {
            stream.lock.unlock();
          }
        })
        .orElse(0L);
  }

  private boolean isNeeded(int stream, Predicate<StreamState> question) {
    return log.state()
        .find(stream)
        .map(it -> {
          it.lock.lock();
          try {
            return question.test(it);
          } finally {
            it.lock.unlock();
          }
        })
        .orElse(false);
  }

  /// What a batch that failed left behind the end is known from the header of the next segment,
  /// which may be deleted.
  private void cut(List<Segment> closed) throws IOException {
    for (Segment segment : closed) {
      if (!segment.cut) {
        try (LogFile file = log.files().files.open(segment.fileName())) {
          if (file.size() > segment.length) {
            file.truncate(segment.length);
            file.sync();
          }
        }
        segment.cut = true;
      }
    }
  }

  /// But for the last: its checkpoint is read when that of the active one is damaged.
  private void deleteSegments(List<Segment> closed) throws IOException {
    for (int index = 0; index < closed.size() - 1; index++) {
      Segment segment = closed.get(index);
      boolean needed = segment.extents().stream().anyMatch(extent -> needed(extent) > 0);
      if (!needed && segment.payloads().isEmpty()) {
        forget(segment);
      }
    }
  }

  private void forget(Segment segment) throws IOException {
    for (Extent extent : segment.extents()) {
      log.state()
          .find(extent.stream)
          .ifPresent(stream -> {
            stream.lock.lock();
            try {
              stream.replaceExtents(List.of(segment), null);
            } finally {
              stream.lock.unlock();
            }
          });
    }
    lock.lock();
    try {
      segments.remove(segment);
    } finally {
      lock.unlock();
    }
    delete(segment);
  }

  private void delete(Segment segment) throws IOException {
    log.files().forget(segment.fileName());
    log.files().forget(IndexFile.nameOf(segment));
    log.files().files.delete(segment.fileName());
    log.files().files.delete(IndexFile.nameOf(segment));
  }

  private void compact() throws IOException {
    Compaction compaction = new Compaction(log);
    while (true) {
      List<Segment> all = segments();
      List<Segment> sources =
          all.size() < 3 ? List.of() : compaction.choose(all.subList(0, all.size() - 2));
      if (sources.isEmpty()) {
        return;
      }
      Segment target = compaction.copy(sources);
      compaction.swap(sources, target);
      lock.lock();
      try {
        segments.add(segments.indexOf(sources.getFirst()), target);
        segments.removeAll(sources);
      } finally {
        lock.unlock();
      }
      for (Segment source : sources) {
        delete(source);
      }
    }
  }

  private void index(List<Segment> closed) throws IOException {
    for (Segment segment : segments()) {
      if (!segment.indexed && closed.contains(segment)) {
        IndexFile.write(segment, log.files().files);
        log.files().files.syncDirectory();
        segment.extents().forEach(Extent::forgetPositions);
        segment.indexed = true;
      }
    }
  }
}

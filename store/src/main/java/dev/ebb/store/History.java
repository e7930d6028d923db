package dev.ebb.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The newest changes, bounded in number and in the bytes they keep alive. Not thread-safe.
///
/// Revisions follow each other without a hole, so a ring indexed by revision is all it takes.
final class History {
  /// What a change costs beside the value it replaced: about 17 tree nodes of 32 bytes in a map of
  /// 100,000 entries, and the records around them.
  private static final long CHANGE_BYTES = 768;

  private final @Nullable Step[] ring;
  private final long maxBytes;
  private long bytes;
  private long floor;
  private long newest;
  private EntryTree atFloor;

  History(HistoryLimits limits, long revision, EntryTree entries) {
    this.ring = new @Nullable Step[limits.changes()];
    this.maxBytes = limits.bytes();
    this.floor = revision;
    this.newest = revision;
    this.atFloor = entries;
  }

  /// The oldest state that is known; the changes after it are known too.
  long floor() {
    return floor;
  }

  long newest() {
    return newest;
  }

  /// The newest change is kept in any case.
  void add(Step step) {
    if (step.revision() != newest + 1) {
      throw new IllegalStateException("revision " + step.revision() + " follows " + newest);
    }
    if (newest - floor == ring.length) {
      dropOldest();
    }
    newest = step.revision();
    ring[slot(newest)] = step;
    bytes += cost(step.change());
    while (bytes > maxBytes && floor < newest - 1) {
      dropOldest();
    }
  }

  /// @param revision above the floor, at most the newest
  Change change(long revision) {
    return step(revision).change();
  }

  /// @param revision from the floor to the newest
  EntryTree entries(long revision) {
    return revision == floor ? atFloor : step(revision).after();
  }

  void compact(long revision) {
    while (floor < Math.min(revision, newest)) {
      dropOldest();
    }
  }

  private void dropOldest() {
    Step oldest = step(floor + 1);
    ring[slot(floor + 1)] = null;
    bytes -= cost(oldest.change());
    atFloor = oldest.after();
    floor++;
  }

  private Step step(long revision) {
    Step step = ring[slot(revision)];
    if (step == null || step.revision() != revision) {
      throw new IllegalStateException("revision " + revision + " is not in the history");
    }
    return step;
  }

  private int slot(long revision) {
    return (int) (revision % ring.length);
  }

  /// The value that the change put is the current one, or is charged to the change that replaced
  /// it.
  private static long cost(Change change) {
    Optional<Entry> replaced =
        switch (change) {
          case Change.Put put -> put.previous();
          case Change.Deleted deleted -> Optional.of(deleted.previous());
        };
    return CHANGE_BYTES + replaced.map(entry -> entry.value().length).orElse(0);
  }
}

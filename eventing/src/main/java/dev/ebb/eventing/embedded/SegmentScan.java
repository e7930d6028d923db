package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Reads all entries of a segment, those behind a damage too.
///
/// Entries begin at multiples of 8, have a magic number and a checksum that begins with the
/// segment's salt, so they are found again behind bytes that are not right. What is lost there was
/// durable if a batch before the last is touched, for a batch is only written when the one before
/// was synced. Only the last batch of a segment that was not closed in order may be torn.
final class SegmentScan {
  private static final int WINDOW = 1 << 22;

  /// Gets what is found, in order.
  interface Visitor {
    /// @param offset where the entry is in the file
    void event(EventRecord event, long offset);

    void entry(Entry entry);
  }

  /// Bytes that are not entries.
  ///
  /// @param durable whether they certainly were durable
  /// @param lost events that must have been there, by the sequence numbers around
  record Hole(long from, long to, boolean durable, List<Lost> lost) {}

  /// Events of a stream, all from `first` to `last`.
  record Lost(int stream, long first, long last) {}

  /// @param end behind the last entry
  record Result(long end, List<Hole> holes) {}

  private final Segment segment;
  private final OpenFiles files;
  private final boolean sealed;
  private final Visitor visitor;
  private final CRC32C crc = new CRC32C();
  private final List<Hole> holes = new ArrayList<>();
  private final Map<Integer, Long> newest = new HashMap<>();
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowAt;
  private int lastBatch;
  private boolean lastEnded;
  private boolean checkpointed;

  /// @param sealed all of the segment's length is known to have been durable
  SegmentScan(Segment segment, OpenFiles files, boolean sealed, Visitor visitor) {
    this.segment = segment;
    this.files = files;
    this.sealed = sealed;
    this.visitor = visitor;
  }

  /// Whether the checkpoint with which a segment begins is there as it was written.
  static boolean hasCheckpoint(Segment segment, OpenFiles files) throws IOException {
    SegmentScan scan =
        new SegmentScan(
            segment,
            files,
            true,
            new Visitor() {
              @Override
              public void event(EventRecord event, long offset) {}

              @Override
              public void entry(Entry entry) {}
            });
    long at = SegmentHeader.LENGTH;
    while (at < segment.length && !scan.checkpointed) {
      Optional<Segment.Raw> found = scan.entryAt(at);
      if (found.isEmpty() || found.get().batch() != 0) {
        return false;
      }
      scan.visit(found.get(), at);
      at += found.get().length();
    }
    return scan.checkpointed;
  }

  Result run() throws IOException {
    long at = SegmentHeader.LENGTH;
    long end = at;
    while (at < segment.length) {
      Optional<Segment.Raw> found = entryAt(at);
      if (found.isPresent()) {
        if (end < at) {
          holes.add(new Hole(end, at, wasDurable(found.get()), new ArrayList<>()));
        }
        visit(found.get(), at);
        at += found.get().length();
        end = at;
      } else {
        at += EntryBuffer.ALIGNMENT;
      }
    }
    if (end < segment.length && (sealed || !isZero(end))) {
      holes.add(new Hole(end, segment.length, sealed, new ArrayList<>()));
    }
    return new Result(end, holes);
  }

  /// Whether what is missing before an entry was synced before that entry was written.
  private boolean wasDurable(Segment.Raw next) {
    boolean withinOne = lastEnded ? next.batch() <= lastBatch + 1 : next.batch() == lastBatch;
    return next.batch() == 0 || !withinOne;
  }

  private void visit(Segment.Raw raw, long offset) {
    // A hole that was taken for the torn end of a batch is damage when another batch follows.
    if (raw.batch() > lastBatch && lastBatch > 0) {
      holes.replaceAll(hole ->
          new Hole(hole.from(), hole.to(), hole.durable() || hole.to() < offset, hole.lost()));
    }
    lastBatch = raw.batch();
    lastEnded = raw.lastOfBatch();
    switch (raw.kind()) {
      case EVENT, LARGE_EVENT -> {
        EventRecord event = EventRecord.decode(raw.kind(), raw.body());
        see(event.stream(), event.sequence());
        visitor.event(event, offset);
      }
      default -> {
        Entry entry = EntryCodec.decode(raw.kind(), raw.body());
        checkpointed |= entry instanceof Entry.CheckpointEnd;
        if (entry instanceof Entry.Stream stream) {
          newest.merge(stream.stream(), stream.last(), Math::max);
        }
        visitor.entry(entry);
      }
    }
  }

  /// Events of a stream follow each other without gaps, but where some were left out by compaction.
  private void see(int stream, long sequence) {
    Long before = newest.put(stream, sequence);
    if (before != null
        && sequence > before + 1
        && !holes.isEmpty()
        && segment.header.generation() == 0) {
      holes.getLast().lost().add(new Lost(stream, before + 1, sequence - 1));
    }
  }

  private Optional<Segment.Raw> entryAt(long at) throws IOException {
    int start = (int) (at - windowAt);
    if (start + EntryBuffer.HEADER > window.limit()) {
      load(at);
      start = 0;
    }
    if (start + EntryBuffer.HEADER > window.limit()
        || window.getShort(start + 14) != EntryBuffer.MAGIC) {
      return Optional.empty();
    }
    int length = window.getInt(start + 4);
    if (length >= 0
        && length <= EntryBuffer.MAX_BODY
        && start + EntryBuffer.HEADER + length > window.limit()) {
      load(at);
      start = 0;
    }
    return Segment.decode(window, start, segment.header.salt(), crc);
  }

  private void load(long at) throws IOException {
    int size = (int) Math.min(WINDOW, segment.length - at);
    if (window.capacity() < size) {
      window = ByteBuffer.allocate(size);
    }
    window.clear().limit(size);
    files.read(segment.fileName(), window, at);
    window.flip();
    windowAt = at;
  }

  private boolean isZero(long from) throws IOException {
    for (long at = from; at < segment.length; at = windowAt + window.limit()) {
      load(at);
      if (window.limit() == 0) {
        return true;
      }
      for (int index = 0; index < window.limit(); index++) {
        if (window.get(index) != 0) {
          return false;
        }
      }
    }
    return true;
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the files of a log say, when it is opened.
///
/// The newest segment is read as a whole: its checkpoint and what happened since. Of the others
/// their index files tell which events they have. When the newest checkpoint is damaged, the one
/// before and what followed it is read too; for that the last closed segment is never compacted.
/// Nothing is written but names deleted that do not count.
final class Recovery {
  /// What is behind the names of files that are not whole yet.
  static final String UNFINISHED = ".new";

  /// @param segments in order; the last may have been written when the process ended
  /// @param number no segment has a higher one
  record Recovered(List<Segment> segments, long number) {}

  private final OpenFiles files;
  private final LogState state;
  private final Damages damages;
  private final List<Damage> unnamed = new ArrayList<>();
  private final List<List<SegmentScan.Lost>> lost = new ArrayList<>();
  private long number;

  Recovery(OpenFiles files, LogState state, Damages damages) {
    this.files = files;
    this.state = state;
    this.damages = damages;
  }

  Recovered run() throws IOException {
    List<Segment> segments = counting(found());
    limitToWhatIsDurable(segments);
    int base = segments.size() - 1;
    while (base >= 0 && !SegmentScan.hasCheckpoint(segments.get(base), files)) {
      Segment without = segments.get(base);
      if (without.header.generation() == 0) {
        // It had one, or would not have its name.
        damages.add(
            new Damage(
                Damage.Kind.CORRUPT,
                without.fileName(),
                SegmentHeader.LENGTH,
                without.length,
                List.of()));
      }
      base--;
    }
    base = Math.max(base, 0);
    for (int index = 0; index < segments.size(); index++) {
      Segment segment = segments.get(index);
      boolean last = index == segments.size() - 1;
      segment.indexed = !last && isIndexed(segment);
      if (index >= base || !segment.indexed) {
        scan(segment, !last, index >= base);
      }
    }
    for (Segment segment : segments) {
      segment.extents().forEach(this::attach);
    }
    state.streams().forEach(Recovery::settleNumbers);
    if (!segments.isEmpty()) {
      // A process that was killed leaves what was written but not synced. Others will build on it
      // now.
      try (LogFile newest = files.files.open(segments.getLast().fileName())) {
        newest.sync();
      }
    }
    nameDamages();
    deleteStrays(segments);
    return new Recovered(segments, number);
  }

  private List<Segment> found() throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (String name : files.files.list()) {
      if (name.endsWith(UNFINISHED)) {
        files.files.delete(name);
      } else if (name.endsWith(SegmentHeader.SUFFIX)) {
        long size = files.size(name);
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.LENGTH);
        files.read(name, bytes, 0);
        Optional<SegmentHeader> header = SegmentHeader.decode(bytes.flip());
        if (header.isPresent() && header.get().fileName().equals(name)) {
          segments.add(new Segment(header.get(), files, size));
          number = Math.max(number, header.get().to());
        } else {
          damages.add(new Damage(Damage.Kind.CORRUPT, name, 0, size, List.of()));
          number = Math.max(number, Long.parseUnsignedLong(name.substring(0, 16), 16));
        }
      }
    }
    return segments;
  }

  /// Those that count: without what was compacted into another, and what is left of failed attempts
  /// to begin one.
  private List<Segment> counting(List<Segment> found) throws IOException {
    List<Segment> counting = new ArrayList<>();
    List<Segment> byGeneration =
        found.stream()
            .sorted(Comparator.comparingInt((Segment it) -> -it.header.generation()))
            .toList();
    for (Segment segment : byGeneration) {
      long from = segment.header.number();
      long to = segment.header.to();
      boolean superseded =
          counting.stream().anyMatch(it -> it.header.number() <= to && it.header.to() >= from)
              || found.stream()
                  .anyMatch(it -> it.header.previous() < from && to < it.header.number());
      if (superseded) {
        files.forget(segment.fileName());
        files.files.delete(segment.fileName());
      } else {
        counting.add(segment);
      }
    }
    counting.sort(Comparator.comparingLong(it -> it.header.number()));
    return counting;
  }

  private void limitToWhatIsDurable(List<Segment> segments) {
    for (int index = 0; index + 1 < segments.size(); index++) {
      Segment segment = segments.get(index);
      SegmentHeader next = segments.get(index + 1).header;
      if (next.previous() != segment.header.to() || segment.header.generation() > 0) {
        continue;
      }
      if (next.previousLength() > segment.length) {
        damages.add(
            new Damage(
                Damage.Kind.CORRUPT,
                segment.fileName(),
                segment.length,
                next.previousLength(),
                List.of()));
      }
      segment.length = Math.min(segment.length, next.previousLength());
    }
  }

  private boolean isIndexed(Segment segment) throws IOException {
    try {
      return IndexFile.read(segment, files);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void scan(Segment segment, boolean sealed, boolean replay) throws IOException {
    SegmentScan.Visitor visitor =
        new SegmentScan.Visitor() {
          @Override
          public void event(EventRecord event, long offset) {
            if (!segment.indexed) {
              Extent extent = segment.growing(event.stream());
              if (extent.count == 0 || event.sequence() > extent.last) {
                extent.add(event.sequence(), event.time(), (int) offset, event.size());
                segment.own(event);
              }
            }
          }

          @Override
          public void entry(Entry entry) {
            if (replay) {
              state.apply(entry);
            }
          }
        };
    SegmentScan.Result result = new SegmentScan(segment, files, sealed, visitor).run();
    for (SegmentScan.Hole hole : result.holes()) {
      Damage.Kind kind = hole.durable() ? Damage.Kind.CORRUPT : Damage.Kind.TORN_END;
      unnamed.add(new Damage(kind, segment.fileName(), hole.from(), hole.to(), List.of()));
      lost.add(hole.lost());
    }
    if (!sealed) {
      segment.length = result.end();
    }
  }

  private void attach(Extent extent) {
    state
        .find(extent.stream)
        .ifPresent(stream -> {
          stream.lock.lock();
          try {
            stream.addExtent(extent);
          } finally {
            stream.lock.unlock();
          }
        });
  }

  /// No number is used twice, even when the events that had it are lost.
  private static void settleNumbers(StreamState stream) {
    stream.lock.lock();
    try {
      for (CursorState cursor : stream.cursors()) {
        stream.last = Math.max(stream.last, cursor.next - 1);
      }
      stream.staged = stream.last;
    } finally {
      stream.lock.unlock();
    }
  }

  /// Only now the names of streams are known.
  private void nameDamages() {
    for (int index = 0; index < unnamed.size(); index++) {
      Damage damage = unnamed.get(index);
      List<Damage.Lost> events = new ArrayList<>();
      for (SegmentScan.Lost it : lost.get(index)) {
        state
            .find(it.stream())
            .ifPresent(stream -> events.add(new Damage.Lost(stream.name, it.first(), it.last())));
      }
      damages.add(new Damage(damage.kind(), damage.file(), damage.from(), damage.to(), events));
    }
  }

  /// Indexes without a segment, and payloads that no event names: what was uploaded and not
  /// committed. Not when something is damaged, for then the event may be what is missing.
  private void deleteStrays(List<Segment> segments) throws IOException {
    Set<String> known = new HashSet<>();
    for (Segment segment : segments) {
      known.add(IndexFile.nameOf(segment));
      segment.payloads().forEach(it -> known.add(Content.Large.fileName(it.id())));
    }
    boolean whole = damages.list().stream().allMatch(it -> it.kind() == Damage.Kind.TORN_END);
    for (String name : files.files.list()) {
      boolean stray =
          name.endsWith(IndexFile.SUFFIX) || (whole && name.endsWith(Content.Large.SUFFIX));
      if (stray && !known.contains(name)) {
        files.files.delete(name);
      }
    }
  }
}

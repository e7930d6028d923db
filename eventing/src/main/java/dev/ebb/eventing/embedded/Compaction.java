package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Copies what is needed of segments that are mostly waste into a new one.
///
/// The new segment has the numbers of those that it stands for and a higher generation; it counts
/// instead of them from the moment at which it has its name. Events keep their numbers and their
/// order.
final class Compaction {
  private static final int PIECE = 1 << 20;

  /// What is less than this is not worth a new file.
  private static final int LEAST_WASTE = 2048;

  /// So many small segments in a row are made one, whatever they have.
  private static final int SMALL_ONES = 8;

  private final EmbeddedEventLog log;

  Compaction(EmbeddedEventLog log) {
    this.log = log;
  }

  /// Segments to be made one, in a row; empty when it is not worth it.
  ///
  /// @param closed in order, without the last closed one
  List<Segment> choose(List<Segment> closed) {
    List<Segment> run = new ArrayList<>();
    long live = 0;
    for (Segment segment : closed) {
      long needed = neededBytes(segment);
      boolean fits = live + needed <= log.settings().segmentBytes();
      if (!isCandidate(segment, needed) || !fits) {
        if (isWorthIt(run, live)) {
          return run;
        }
        run.clear();
        live = 0;
      }
      if (isCandidate(segment, needed)) {
        run.add(segment);
        live += needed;
      }
    }
    return isWorthIt(run, live) ? run : List.of();
  }

  private boolean isCandidate(Segment segment, long needed) {
    long content = segment.length - SegmentHeader.LENGTH;
    return segment.indexed
        && (needed * 2 <= content || content < log.settings().segmentBytes() / SMALL_ONES);
  }

  private static boolean isWorthIt(List<Segment> run, long live) {
    long content = run.stream().mapToLong(segment -> segment.length - SegmentHeader.LENGTH).sum();
    return run.size() >= SMALL_ONES || content - live >= Math.max(LEAST_WASTE, live);
  }

  /// An upper bound.
  private long neededBytes(Segment segment) {
    long count = 0;
    long needed = 0;
    long bytes = 0;
    for (Extent extent : segment.extents()) {
      long some = log.cleaner().needed(extent);
      count += extent.count;
      needed += some;
      bytes +=
          some * (extent.bytes / extent.count + EntryBuffer.HEADER + EventRecord.FIXED)
              + EntryBuffer.ALIGNMENT;
    }
    // Large payloads are in the bytes of extents and not in the segment.
    return count == 0 ? 0 : Math.min(bytes, segment.length * needed / count);
  }

  /// Writes the new segment, durable and with its index.
  Segment copy(List<Segment> sources) throws IOException {
    SegmentHeader first = sources.getFirst().header;
    int generation = sources.stream().mapToInt(it -> it.header.generation()).max().orElse(0);
    SegmentHeader header =
        new SegmentHeader(
            first.number(),
            sources.getLast().header.to(),
            first.previous(),
            first.previousLength(),
            log.random().nextInt(),
            generation + 1,
            log.clock().millis());
    Segment target = new Segment(header, log.files(), SegmentHeader.LENGTH);
    String unfinished = header.fileName() + Recovery.UNFINISHED;
    LogFiles files = log.files().files;
    try (LogFile file = files.create(unfinished)) {
      file.write(header.encode(), 0);
      new Copying(target, file).run(sources);
      file.sync();
    } catch (IOException e) {
      files.delete(unfinished);
      throw e;
    }
    files.rename(unfinished, header.fileName());
    files.syncDirectory();
    target.cut = true;
    IndexFile.write(target, files);
    files.syncDirectory();
    target.extents().forEach(Extent::forgetPositions);
    target.indexed = true;
    return target;
  }

  /// Events on their way to the new segment.
  private final class Copying {
    private final Segment target;
    private final LogFile file;
    private final EntryBuffer buffer = new EntryBuffer();

    private Copying(Segment target, LogFile file) {
      this.target = target;
      this.file = file;
    }

    private void run(List<Segment> sources) throws IOException {
      buffer.reset(target.header.salt(), 0);
      for (Segment source : sources) {
        for (Extent extent : source.extents()) {
          Optional<StreamState> stream = log.state().find(extent.stream);
          if (stream.isPresent()) {
            copy(stream.get(), extent);
          }
        }
      }
      flush();
    }

    private void copy(StreamState stream, Extent extent) throws IOException {
      Optional<Positions> positions = log.reader().load(extent);
      if (positions.isEmpty()) {
        throw new IOException("damaged: " + IndexFile.nameOf(extent.segment));
      }
      Positions all = positions.get();
      for (int index = 0; index < all.count(); index++) {
        long sequence = all.sequence(index);
        if (isNeeded(stream, sequence)) {
          Optional<EventRecord> event = extent.segment.read(all.offset(index), all.size(index));
          if (event.isPresent() && event.get().sequence() == sequence) {
            add(event.get());
          } else {
            log.damaged().add(damage(stream, extent, all, index));
          }
        }
      }
    }

    private static Damage damage(
        StreamState stream, Extent extent, Positions positions, int index) {
      long sequence = positions.sequence(index);
      return new Damage(
          Damage.Kind.CORRUPT,
          extent.segment.fileName(),
          positions.offset(index),
          positions.offset(index) + EntryBuffer.HEADER + EventRecord.FIXED + positions.size(index),
          List.of(new Damage.Lost(stream.name, sequence, sequence)));
    }

    private static boolean isNeeded(StreamState stream, long sequence) {
      stream.lock.lock();
      try {
        return stream.isNeeded(sequence);
      } finally {
        stream.lock.unlock();
      }
    }

    private void add(EventRecord event) throws IOException {
      int offset = event.encode(buffer);
      target
          .growing(event.stream())
          .add(
              event.sequence(),
              event.time(),
              Math.toIntExact(target.length + offset),
              event.size());
      target.own(event);
      if (buffer.size() > PIECE) {
        flush();
      }
    }

    private void flush() throws IOException {
      int size = buffer.size();
      long at = target.length;
      file.write(buffer.flip(), at);
      target.length = at + size;
      buffer.reset(target.header.salt(), 0);
    }
  }

  /// Puts the new segment in place of the old ones, for all that read.
  void swap(List<Segment> sources, Segment target) {
    for (StreamState stream : log.state().streams()) {
      @Nullable Extent extent = target.extent(stream.id);
      stream.lock.lock();
      try {
        stream.replaceExtents(sources, extent);
      } finally {
        stream.lock.unlock();
      }
    }
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.Damage;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.Payload;
import dev.ebb.eventing.log.StoredEvent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds and reads events of streams. Thread-safe; callers hold no lock of a stream.
final class EventReader {
  /// Positions of closed segments that are kept, in events: 16 bytes each, so 8 MiB, which is what
  /// some ten cursors need that read old segments at once.
  private static final int CACHED_EVENTS = 1 << 19;

  /// So often a segment that goes away while it is read is looked for anew: compaction moves
  /// events.
  private static final int MOVES = 10;

  /// Where an event is.
  ///
  /// @param size of attributes and payload
  record Place(Segment segment, int stream, long sequence, int offset, int size) {}

  private record Key(Segment segment, int stream) {}

  final OpenFiles files;
  private final Damages damages;
  private final Map<Key, Positions> cache = new LinkedHashMap<>(16, 0.75f, true);
  private int cached;

  EventReader(OpenFiles files, Damages damages) {
    this.files = files;
    this.damages = damages;
  }

  /// The place of the first event at or behind a sequence number.
  ///
  /// @throws EventLogException when the disk cannot be read
  Optional<Place> ceiling(StreamState stream, long sequence) {
    long from = sequence;
    for (int moves = 0; ; ) {
      Extent extent;
      stream.lock.lock();
      try {
        from = Math.max(from, stream.first);
        extent = stream.extentFrom(from);
        if (extent == null || stream.deleted) {
          return Optional.empty();
        }
        Positions positions = extent.inMemory();
        if (positions != null) {
          return place(extent, positions, from);
        }
      } finally {
        stream.lock.unlock();
      }
      try {
        Optional<Positions> positions = load(extent);
        if (positions.isPresent()) {
          return place(extent, positions.get(), from);
        }
        // The index is damaged: skipped until the log is opened again, which makes it anew.
        from = lose(stream, extent, from);
      } catch (NoSuchFileException e) {
        if (++moves > MOVES) {
          throw unreadable(extent.segment, e);
        }
      } catch (IOException e) {
        throw unreadable(extent.segment, e);
      }
    }
  }

  private long lose(StreamState stream, Extent extent, long from) {
    damages.add(
        new Damage(
            Damage.Kind.CORRUPT,
            IndexFile.nameOf(extent.segment),
            0,
            0,
            List.of(new Damage.Lost(stream.name, extent.first, extent.last))));
    return Math.max(from, extent.last + 1);
  }

  private static Optional<Place> place(Extent extent, Positions positions, long sequence) {
    int index = positions.ceiling(sequence);
    if (index == positions.count()) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            extent.segment,
            extent.stream,
            positions.sequence(index),
            positions.offset(index),
            positions.size(index)));
  }

  /// The positions of an extent, from memory or from the index file.
  ///
  /// @return empty when they are damaged
  Optional<Positions> load(Extent extent) throws IOException {
    Positions memory = extent.inMemory();
    if (memory != null) {
      return Optional.of(memory);
    }
    Key key = new Key(extent.segment, extent.stream);
    synchronized (cache) {
      Positions known = cache.get(key);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<Positions> read = IndexFile.positions(extent.segment, extent.stream, files);
    read.ifPresent(positions -> remember(key, positions));
    return read;
  }

  private void remember(Key key, Positions positions) {
    synchronized (cache) {
      Positions before = cache.put(key, positions);
      cached += positions.count() - (before == null ? 0 : before.count());
      var eldest = cache.entrySet().iterator();
      while (cached > CACHED_EVENTS && cache.size() > 1) {
        cached -= eldest.next().getValue().count();
        eldest.remove();
      }
    }
  }

  /// The event at a place.
  ///
  /// @return empty when it was deleted meanwhile
  /// @throws DamagedEventException when it is not what was written; that is noted
  Optional<EventRecord> read(StreamState stream, Place at) {
    @Nullable Place place = at;
    for (int moves = 0; place != null && place.sequence() == at.sequence(); moves++) {
      try {
        Optional<EventRecord> event = place.segment().read(place.offset(), place.size());
        if (event.isPresent()
            && event.get().stream() == stream.id
            && event.get().sequence() == at.sequence()) {
          return event;
        }
        damages.add(
            new Damage(
                Damage.Kind.CORRUPT,
                place.segment().fileName(),
                place.offset(),
                place.offset() + EntryBuffer.HEADER + EventRecord.FIXED + place.size(),
                List.of(new Damage.Lost(stream.name, at.sequence(), at.sequence()))));
        throw new DamagedEventException(
            stream.name, at.sequence(), "wrong bytes in " + place.segment().fileName());
      } catch (NoSuchFileException e) {
        if (moves == MOVES) {
          throw unreadable(place.segment(), e);
        }
        place = ceiling(stream, at.sequence()).orElse(null);
      } catch (IOException e) {
        throw unreadable(place.segment(), e);
      }
    }
    return Optional.empty();
  }

  /// When the event was appended, in milliseconds, or the next one that is stored.
  ///
  /// @return empty when there is none, or it is damaged
  Optional<Long> time(StreamState stream, long sequence) {
    try {
      return ceiling(stream, sequence).flatMap(place -> read(stream, place)).map(EventRecord::time);
    } catch (DamagedEventException e) {
      // It is among the damages of the log now.
      return Optional.empty();
    }
  }

  StoredEvent stored(StreamState stream, EventRecord event) {
    Payload payload =
        switch (event.content()) {
          case Content.Inline(byte[] bytes) -> new InlinePayload(bytes);
          case Content.Large large ->
              new LargePayload(files.files, damages, stream.name, event.sequence(), large);
        };
    return new StoredEvent(
        stream.name,
        event.sequence(),
        Instant.ofEpochMilli(event.time()),
        event.attributes(),
        payload);
  }

  private EventLogException unreadable(Segment segment, IOException e) {
    return new EventLogException(
        "cannot read " + files.files.directory() + "/" + segment.fileName() + ": " + e, e);
  }
}

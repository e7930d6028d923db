package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventReader.Place;
import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.EventTooLargeException;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.log.StreamStatus;
import dev.ebb.eventing.log.Upload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A stream of an embedded log, for users.
final class EmbeddedStream implements EventStream {
  /// What one call of [#read] brings into memory, but for the last event.
  private static final long READ_BYTES = 4 << 20;

  private final EmbeddedEventLog log;
  private final StreamState state;

  EmbeddedStream(EmbeddedEventLog log, StreamState state) {
    this.log = log;
    this.state = state;
  }

  StreamState state() {
    return state;
  }

  @Override
  public String name() {
    return state.name;
  }

  @Override
  public StreamSettings settings() {
    state.lock.lock();
    try {
      return state.settings;
    } finally {
      state.lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Long> append(NewEvent event) {
    if (event.attributes().length > EmbeddedLogSettings.MAX_ATTRIBUTES) {
      return CompletableFuture.failedFuture(
          new EventTooLargeException("attributes", EmbeddedLogSettings.MAX_ATTRIBUTES));
    }
    if (event.payload().length > log.settings().maxPayloadBytes()) {
      return CompletableFuture.failedFuture(
          new EventTooLargeException("payload", log.settings().maxPayloadBytes()));
    }
    if (event.payload().length <= log.settings().inlineBytes()) {
      return append(event.attributes(), new Content.Inline(event.payload()));
    }
    try (Upload upload = upload()) {
      upload.write(ByteBuffer.wrap(event.payload()));
      return upload.commit(event.attributes());
    } catch (dev.ebb.eventing.log.EventLogException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Long> append(byte[] attributes, Content content) {
    AppendOp op = new AppendOp(state, attributes, content, log.clock(), log.appends());
    log.submit(op);
    return op.answer();
  }

  @Override
  public Upload upload() {
    return new EmbeddedUpload(log.reader().files.files, log.settings(), log.newId(), this::append);
  }

  @Override
  public Optional<StoredEvent> read(long sequence) {
    return log.reader()
        .ceiling(state, sequence)
        .filter(place -> place.sequence() == sequence && isKept(sequence))
        .flatMap(place -> log.reader().read(state, place))
        .map(event -> log.reader().stored(state, event));
  }

  private boolean isKept(long sequence) {
    state.lock.lock();
    try {
      return state.isNeeded(sequence);
    } finally {
      state.lock.unlock();
    }
  }

  private long floor() {
    state.lock.lock();
    try {
      return state.floor();
    } finally {
      state.lock.unlock();
    }
  }

  @Override
  public List<StoredEvent> read(long from, int max) {
    List<StoredEvent> events = new ArrayList<>();
    long bytes = 0;
    long at = Math.max(from, floor());
    while (events.size() < max && bytes < READ_BYTES) {
      Optional<Place> place = log.reader().ceiling(state, at);
      if (place.isEmpty()) {
        break;
      }
      at = place.get().sequence() + 1;
      if (!isKept(place.get().sequence())) {
        continue;
      }
      try {
        Optional<EventRecord> event = log.reader().read(state, place.get());
        if (event.isPresent()) {
          events.add(log.reader().stored(state, event.get()));
          bytes += event.get().content() instanceof Content.Inline inline ? inline.length() : 0;
        }
      } catch (DamagedEventException e) {
        // It is among the damages of the log.
        System.getLogger(EmbeddedStream.class.getName())
            .log(System.Logger.Level.DEBUG, "left out", e);
      }
    }
    return events;
  }

  @Override
  public EventCursor cursor(String name, CursorSettings settings) {
    EmbeddedEventLog.requireName(name);
    return log.defining(() -> {
      CursorState found = cursorState(name);
      if (found == null || found.window != settings.window()) {
        Entry.Cursor written = (Entry.Cursor) log.write(() -> cursorEntry(name, settings));
        found = cursorOf(written);
      }
      return new EmbeddedCursor(log, this, found);
    });
  }

  private @Nullable CursorState cursorState(String name) {
    state.lock.lock();
    try {
      return state.cursor(name);
    } finally {
      state.lock.unlock();
    }
  }

  private Entry.Cursor cursorEntry(String name, CursorSettings settings) {
    state.lock.lock();
    try {
      requireNotDeleted();
      CursorState present = state.cursor(name);
      if (present != null) {
        return new Entry.Cursor(
            state.id, present.id, name, settings.window(), present.next, present.skipped.list());
      }
      long next = settings.atBeginning() ? state.floor() : state.staged + 1;
      return new Entry.Cursor(state.id, state.nextCursor, name, settings.window(), next, List.of());
    } finally {
      state.lock.unlock();
    }
  }

  private CursorState cursorOf(Entry.Cursor entry) {
    state.lock.lock();
    try {
      CursorState cursor = state.cursor(entry.cursor());
      if (cursor == null) {
        throw new IllegalStateException("the cursor was not made");
      }
      return cursor;
    } finally {
      state.lock.unlock();
    }
  }

  void requireNotDeleted() {
    if (state.deleted) {
      throw new NoSuchStreamException("stream " + state.name);
    }
  }

  @Override
  public Optional<EventCursor> findCursor(String name) {
    state.lock.lock();
    try {
      return Optional.ofNullable(state.cursor(name))
          .map(cursor -> new EmbeddedCursor(log, this, cursor));
    } finally {
      state.lock.unlock();
    }
  }

  @Override
  public List<String> cursors() {
    state.lock.lock();
    try {
      return state.cursors().stream().map(cursor -> cursor.name).sorted().toList();
    } finally {
      state.lock.unlock();
    }
  }

  @Override
  public boolean deleteCursor(String name) {
    return log.defining(() -> {
      CursorState cursor = cursorState(name);
      if (cursor == null) {
        return false;
      }
      log.write(() -> new Entry.CursorDeleted(state.id, cursor.id));
      return true;
    });
  }

  @Override
  public void trim(long before) {
    log.write(() -> {
      state.lock.lock();
      try {
        requireNotDeleted();
        return new Entry.Trimmed(state.id, Math.min(before, state.last + 1));
      } finally {
        state.lock.unlock();
      }
    });
  }

  @Override
  public StreamStatus status() {
    long floor;
    long last;
    long[] kept;
    state.lock.lock();
    try {
      floor = state.floor();
      last = state.last;
      kept = state.kept();
    } finally {
      state.lock.unlock();
    }
    Optional<Instant> oldest =
        floor > last
            ? Optional.empty()
            : log.reader().time(state, floor).map(Instant::ofEpochMilli);
    return new StreamStatus(floor, last, kept[0], kept[1], oldest);
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.Backlog;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.PendingEvent;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.Upload;
import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What is in the queues, for those who look and those who clear up. Thread-safe.
///
/// There is no index by id: who asks for one call reads through all that wait, one asker at a time.
/// A million calls of 1 KB take some seconds and no memory.
public final class CallBooks {
  private static final System.Logger LOG = System.getLogger(CallBooks.class.getName());
  private static final int CHUNK = 256;
  private static final int PIECE = 1 << 14;

  private final Lanes lanes;
  private final InstantSource clock;
  private final Consumer<Lane> submitted;
  private final ReentrantLock reading = new ReentrantLock();

  /// @param submitted told when there is one more to be delivered
  CallBooks(Lanes lanes, InstantSource clock, Consumer<Lane> submitted) {
    this.lanes = lanes;
    this.clock = clock;
    this.submitted = submitted;
  }

  /// Of a call or a callback.
  public enum State {
    WAITING,
    RUNNING,
    /// It failed and waits to be tried again.
    DELAYED,
    /// It is not tried any more.
    DEAD
  }

  /// A function in a queue.
  ///
  /// @param callbacks whether these are callbacks, not calls
  /// @param waiting those neither running nor delayed
  /// @param oldest of those that are not dead
  public record Queue(
      String queue,
      ObjectKey function,
      boolean callbacks,
      long waiting,
      long running,
      long delayed,
      long dead,
      Optional<Instant> oldest) {}

  /// A call or a callback.
  ///
  /// @param attempts the present one included
  /// @param notBefore when it is tried again
  /// @param error of the last attempt, as far as this process knows; empty for none
  /// @param bytes of the body
  public record Entry(
      String id,
      String queue,
      ObjectKey function,
      boolean callback,
      State state,
      Instant acceptedAt,
      int attempts,
      Optional<Instant> notBefore,
      String error,
      long bytes) {}

  /// @param target of the request: method and path, or a URL
  /// @param callback who is told; empty for nobody
  /// @param headers without credentials
  /// @param body its beginning
  /// @param death of a dead letter
  @SuppressWarnings("ArrayRecordComponent") // made to be written out, never compared
  public record Detail(
      Entry entry,
      String target,
      String callback,
      Map<String, List<String>> headers,
      byte[] body,
      Optional<Death> death) {}

  /// Something that is stored and not delivered.
  private record Found(
      Lane lane, EventCursor cursor, PendingEvent pending, StoredEvent event, boolean dead) {
    ItemCodec.Stored stored() {
      return ItemCodec.read(event.attributes());
    }
  }

  @FunctionalInterface
  private interface Visitor {
    /// @return whether to go on
    boolean visit(Found found, ItemCodec.Stored stored);
  }

  private List<Lane> lanes(Predicate<ObjectKey> visible) {
    return lanes.all().stream()
        .filter(lane -> visible.test(lane.name().function()))
        .sorted(Comparator.comparing(lane -> lane.name().toString()))
        .toList();
  }

  List<Queue> queues(Predicate<ObjectKey> visible) {
    return lanes(visible).stream().map(this::queue).toList();
  }

  private Queue queue(Lane lane) {
    Backlog backlog = lane.cursor().backlog();
    // Dead letters of a function's calls and callbacks are in one stream; calls are named first.
    boolean callbacks = lane.name().kind() == Streams.Kind.CALLBACK;
    long dead =
        callbacks
            ? 0
            : lanes
                .findDead(lane.name())
                .map(stream -> Streams.cursor(stream).backlog().events())
                .orElse(0L);
    return new Queue(
        lane.name().queue(),
        lane.name().function(),
        callbacks,
        Math.max(0, backlog.events() - backlog.leased() - backlog.delayed()),
        backlog.leased(),
        backlog.delayed(),
        dead,
        backlog.oldest());
  }

  List<Entry> list(Predicate<ObjectKey> visible, int max) {
    List<Entry> entries = new ArrayList<>();
    visit(
        visible,
        (found, stored) -> {
          entries.add(entry(found, stored));
          return entries.size() < max;
        });
    return entries;
  }

  Optional<Detail> show(Predicate<ObjectKey> visible, String id, int bodyBytes) {
    List<Detail> details = new ArrayList<>(1);
    visit(
        visible,
        (found, stored) -> {
          if (stored.item().id().equals(id)) {
            details.add(detail(found, stored, bodyBytes));
          }
          return details.isEmpty();
        });
    return details.stream().findFirst();
  }

  AsyncCalls.Cancellation cancel(String id) {
    List<Boolean> cancelled = new ArrayList<>();
    visit(
        _ -> true,
        (found, stored) -> {
          if (!found.dead() && stored.item() instanceof Call call && call.id().equals(id)) {
            cancelled.add(take(found));
          }
          return true;
        });
    if (cancelled.isEmpty()) {
      return AsyncCalls.Cancellation.UNKNOWN;
    }
    return cancelled.contains(true)
        ? AsyncCalls.Cancellation.CANCELLED
        : AsyncCalls.Cancellation.TOO_LATE;
  }

  int drop(Predicate<ObjectKey> visible, Optional<String> id) {
    int[] count = new int[1];
    visit(
        visible,
        (found, stored) -> {
          boolean meant = id.map(stored.item().id()::equals).orElse(found.dead());
          if (meant && take(found)) {
            count[0]++;
          }
          return true;
        });
    return count[0];
  }

  /// @return false for what is being delivered
  private static boolean take(Found found) {
    return found.pending().leasedUntil().isEmpty()
        && Futures.join(found.cursor().discard(found.pending().sequence()));
  }

  int retry(Predicate<ObjectKey> visible, Optional<String> id) {
    int[] count = new int[1];
    visit(
        visible,
        (found, stored) -> {
          if (found.dead() && id.map(stored.item().id()::equals).orElse(true)) {
            requeue(found, stored.item());
            count[0]++;
          }
          return true;
        });
    return count[0];
  }

  /// A crash in between leaves it in both places: it is delivered, and still among the dead.
  private void requeue(Found found, Item item) {
    Streams.Kind kind = item instanceof Call ? Streams.Kind.CALL : Streams.Kind.CALLBACK;
    Lane lane = lanes.of(found.lane().name().of(kind));
    try (Upload upload = lane.stream().upload();
        InputStream body = found.event().payload().open()) {
      byte[] piece = new byte[PIECE];
      for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
        upload.write(ByteBuffer.wrap(piece.clone(), 0, read));
      }
      Futures.join(upload.commit(ItemCodec.write(item)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Futures.join(found.cursor().discard(found.pending().sequence()));
    submitted.accept(lane);
  }

  private void visit(Predicate<ObjectKey> visible, Visitor visitor) {
    reading.lock();
    try {
      List<Lane> all = lanes(visible);
      for (Lane lane : all) {
        if (!visit(lane, lane.stream(), /* dead= */ false, visitor)) {
          return;
        }
      }
      for (Lane lane : all) {
        // The dead of both kinds are in one stream.
        boolean first =
            lane.name().kind() == Streams.Kind.CALL
                || all.stream()
                    .noneMatch(it -> it.name().equals(lane.name().of(Streams.Kind.CALL)));
        Optional<EventStream> dead = first ? lanes.findDead(lane.name()) : Optional.empty();
        if (dead.isPresent() && !visit(lane, dead.get(), /* dead= */ true, visitor)) {
          return;
        }
      }
    } finally {
      reading.unlock();
    }
  }

  private static boolean visit(Lane lane, EventStream stream, boolean dead, Visitor visitor) {
    EventCursor cursor = Streams.cursor(stream);
    // What comes while this reads is not for it, else dead letters would be retried for ever.
    long last = stream.status().last();
    List<PendingEvent> chunk = cursor.pending(0, CHUNK);
    while (!chunk.isEmpty()) {
      for (PendingEvent pending : chunk) {
        if (pending.sequence() > last) {
          return true;
        }
        if (!visit(new Place(lane, stream, cursor, dead), pending, visitor)) {
          return false;
        }
      }
      chunk = cursor.pending(chunk.getLast().sequence() + 1, CHUNK);
    }
    return true;
  }

  private record Place(Lane lane, EventStream stream, EventCursor cursor, boolean dead) {}

  private static boolean visit(Place place, PendingEvent pending, Visitor visitor) {
    try {
      Optional<StoredEvent> event = place.stream().read(pending.sequence());
      if (event.isEmpty()) {
        return true;
      }
      Found found = new Found(place.lane(), place.cursor(), pending, event.get(), place.dead());
      return visitor.visit(found, found.stored());
    } catch (DamagedEventException | IllegalArgumentException e) {
      LOG.log(
          Level.WARNING,
          "event %d of %s cannot be read".formatted(pending.sequence(), place.stream().name()),
          e);
      return true;
    }
  }

  private Entry entry(Found found, ItemCodec.Stored stored) {
    Item item = stored.item();
    PendingEvent pending = found.pending();
    Optional<Instant> notBefore = pending.notBefore().filter(it -> it.isAfter(clock.instant()));
    State state;
    if (found.dead()) {
      state = State.DEAD;
    } else if (pending.leasedUntil().isPresent()) {
      state = State.RUNNING;
    } else {
      state = notBefore.isPresent() ? State.DELAYED : State.WAITING;
    }
    return new Entry(
        item.id(),
        item.queue(),
        item.function(),
        item instanceof Callback,
        state,
        item.acceptedAt(),
        stored.death().map(Death::attempts).orElse(pending.attempts()),
        notBefore,
        stored
            .death()
            .map(Death::reason)
            .or(() -> found.lane().error(pending.sequence()))
            .orElse(""),
        found.event().payload().length());
  }

  private Detail detail(Found found, ItemCodec.Stored stored, int bodyBytes) {
    Item item = stored.item();
    String target =
        switch (item) {
          case Call call ->
              call.method()
                  + " "
                  + call.path()
                  + (call.query().isEmpty() ? "" : "?" + call.query());
          case Callback callback -> "POST " + Headers.withoutUser(callback.url());
        };
    String callback =
        item instanceof Call call ? call.callback().map(Headers::withoutUser).orElse("") : "";
    return new Detail(
        entry(found, stored),
        target,
        callback,
        Headers.withoutCredentials(item.headers()),
        beginning(found.event(), bodyBytes),
        stored.death());
  }

  private static byte[] beginning(StoredEvent event, int bytes) {
    try (InputStream body = event.payload().open()) {
      return body.readNBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

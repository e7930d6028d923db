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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// What is in the queues, for those who look and those who clear up. Thread-safe.
///
/// One call is found by [IdIndex]; who asks for all reads through all that wait. One asker at a
/// time: a million calls of 1 KB take some seconds and no memory.
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

  /// A stream that is looked at.
  ///
  /// @param lane empty for dead letters
  private record Place(OpenStream open, Optional<Lane> lane) {}

  /// Something that is stored and not delivered.
  private record Found(Place place, PendingEvent pending, StoredEvent event) {
    boolean dead() {
      return place.lane().isEmpty();
    }

    ItemCodec.Stored stored() {
      return ItemCodec.read(event.attributes());
    }
  }

  @FunctionalInterface
  private interface Visitor {
    /// @return whether to go on
    boolean visit(Found found, ItemCodec.Stored stored);
  }

  private static <T> List<T> sorted(
      Collection<T> all, Function<T, Streams.Name> name, Predicate<ObjectKey> visible) {
    return all.stream()
        .filter(it -> visible.test(name.apply(it).function()))
        .sorted(Comparator.comparing(it -> name.apply(it).toString()))
        .toList();
  }

  /// Dead letters are told with the calls of their function, or alone when there are no others.
  List<Queue> queues(Predicate<ObjectKey> visible) {
    Map<Streams.Name, Long> dead = new TreeMap<>(Comparator.comparing(Streams.Name::toString));
    for (OpenStream open : sorted(lanes.dead(), OpenStream::name, visible)) {
      long events = open.cursor().backlog().events();
      if (events > 0) {
        dead.put(open.name().of(Streams.Kind.CALL), events);
      }
    }
    List<Queue> queues = new ArrayList<>();
    for (Lane lane : sorted(lanes.all(), Lane::name, visible)) {
      Long letters = dead.remove(lane.name());
      queues.add(queue(lane.name(), lane.cursor().backlog(), letters == null ? 0 : letters));
    }
    Backlog nothing = new Backlog(0, 0, 0, 0, Optional.empty());
    dead.forEach((name, letters) -> queues.add(queue(name, nothing, letters)));
    return queues;
  }

  private static Queue queue(Streams.Name name, Backlog backlog, long dead) {
    return new Queue(
        name.queue(),
        name.function(),
        name.kind() == Streams.Kind.CALLBACK,
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
        Optional.empty(),
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
        Optional.of(id),
        (found, stored) -> {
          details.add(detail(found, stored, bodyBytes));
          return details.isEmpty();
        });
    return details.stream().findFirst();
  }

  AsyncCalls.Cancellation cancel(String id) {
    List<Boolean> cancelled = new ArrayList<>();
    visit(
        _ -> true,
        Optional.of(id),
        (found, stored) -> {
          if (!found.dead() && stored.item() instanceof Call) {
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
        id,
        (found, _) -> {
          if ((id.isPresent() || found.dead()) && take(found)) {
            count[0]++;
          }
          return true;
        });
    return count[0];
  }

  /// @return false for what is being delivered
  private static boolean take(Found found) {
    return found.pending().leasedUntil().isEmpty()
        && Futures.join(found.place().open().cursor().discard(found.pending().sequence()));
  }

  int retry(Predicate<ObjectKey> visible, Optional<String> id) {
    int[] count = new int[1];
    visit(
        visible,
        id,
        (found, stored) -> {
          if (found.dead()) {
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
    Lane lane = lanes.use(found.place().open().name().of(kind));
    try {
      copy(found.event(), item, lane.open());
      Futures.join(found.place().open().cursor().discard(found.pending().sequence()));
      submitted.accept(lane);
    } finally {
      lane.leave();
    }
  }

  private static void copy(StoredEvent event, Item item, OpenStream to) {
    try (Upload upload = to.stream().upload();
        InputStream body = event.payload().open()) {
      byte[] piece = new byte[PIECE];
      for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
        upload.write(ByteBuffer.wrap(piece.clone(), 0, read));
      }
      to.index().add(Futures.join(upload.commit(ItemCodec.write(item))), item.id());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param id of those that are visited; empty for all
  private void visit(Predicate<ObjectKey> visible, Optional<String> id, Visitor visitor) {
    reading.lock();
    try {
      List<Place> places = new ArrayList<>();
      for (Lane lane : sorted(lanes.all(), Lane::name, visible)) {
        places.add(new Place(lane.open(), Optional.of(lane)));
      }
      for (OpenStream dead : sorted(lanes.dead(), OpenStream::name, visible)) {
        places.add(new Place(dead, Optional.empty()));
      }
      for (Place place : places) {
        boolean on = id.isPresent() ? visit(place, id.get(), visitor) : visitAll(place, visitor);
        if (!on) {
          return;
        }
      }
    } finally {
      reading.unlock();
    }
  }

  private static boolean visit(Place place, String id, Visitor visitor) {
    Visitor same =
        (found, stored) -> !stored.item().id().equals(id) || visitor.visit(found, stored);
    for (PendingEvent pending : place.open().index().find(id)) {
      if (!visit(place, pending, same)) {
        return false;
      }
    }
    return true;
  }

  private static boolean visitAll(Place place, Visitor visitor) {
    EventCursor cursor = place.open().cursor();
    // What comes while this reads is not for it, else dead letters would be retried for ever.
    long last = place.open().stream().status().last();
    List<PendingEvent> chunk = cursor.pending(0, CHUNK);
    while (!chunk.isEmpty()) {
      for (PendingEvent pending : chunk) {
        if (pending.sequence() > last) {
          return true;
        }
        if (!visit(place, pending, visitor)) {
          return false;
        }
      }
      chunk = cursor.pending(chunk.getLast().sequence() + 1, CHUNK);
    }
    return true;
  }

  private static boolean visit(Place place, PendingEvent pending, Visitor visitor) {
    EventStream stream = place.open().stream();
    try {
      Optional<StoredEvent> event = stream.read(pending.sequence());
      if (event.isEmpty()) {
        return true;
      }
      Found found = new Found(place, pending, event.get());
      return visitor.visit(found, found.stored());
    } catch (DamagedEventException | IllegalArgumentException e) {
      LOG.log(
          Level.WARNING,
          "event %d of %s cannot be read".formatted(pending.sequence(), stream.name()),
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
            .or(() -> found.place().lane().flatMap(it -> it.error(pending.sequence())))
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

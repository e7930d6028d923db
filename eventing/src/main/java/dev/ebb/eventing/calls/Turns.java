package dev.ebb.eventing.calls;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Whose turn it is to have calls made, and how many.
///
/// A queue has a number of calls that are made at once, which its functions share in turn; beside
/// these each function may always have one. So functions that are slow, broken or full take each
/// other's speed, but nobody is ever held up by another.
///
/// Only lanes to which something happened are looked at, so what it costs does not grow with their
/// number. For one thread, but for [#wake] and [#ended].
final class Turns {
  /// Taken from a lane before the next one has its turn.
  private static final int TURN = 8;

  private final CallsConfig config;
  private final Queue<Lane> awake = new ConcurrentLinkedQueue<>();
  private final Queue<Lane> over = new ConcurrentLinkedQueue<>();
  private final Queue<Lane> gone = new ConcurrentLinkedQueue<>();

  private final Map<Lane, Seat> seats = new HashMap<>();
  private final Map<ShareName, Share> shares = new HashMap<>();
  private final ArrayDeque<Seat> line = new ArrayDeque<>();

  /// Whose queue has no room.
  private final SequencedSet<Share> full = new LinkedHashSet<>();

  /// Who waits for others of any queue.
  private final SequencedSet<Seat> crowd = new LinkedHashSet<>();

  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparing(Alarm::at));
  private int inHands;

  Turns(CallsConfig config) {
    this.config = config;
  }

  private record ShareName(Streams.Kind kind, String queue) {}

  /// What functions of a queue have together.
  private static final class Share {
    /// Calls that are made, beside one for each function.
    private int used;

    private int seats;

    private final SequencedSet<Seat> waiting = new LinkedHashSet<>();
  }

  /// What is known of a lane here.
  static final class Seat {
    final Lane lane;
    private final Share share;

    /// Calls of it that are being made.
    private int held;

    /// Whether it is in the line, or waits for room.
    private boolean placed;

    private Instant alarm = Instant.MAX;

    private Seat(Lane lane, Share share) {
      this.lane = lane;
      this.share = share;
    }
  }

  private record Alarm(Instant at, Seat seat) {}

  // ---- From any thread ----

  /// Something may be ready in a lane.
  ///
  /// @return false when that was known
  boolean wake(Lane lane) {
    if (!lane.summon()) {
      return false;
    }
    awake.add(lane);
    return true;
  }

  /// One of its calls is over.
  void ended(Lane lane) {
    over.add(lane);
  }

  /// A lane is gone. All its calls are over, and were told to be.
  void forget(Lane lane) {
    gone.add(lane);
  }

  // ---- From the one thread ----

  /// Takes note of what happened.
  void gather(Instant now) {
    // First, for whatever else was told of them was told before.
    List<Lane> leaving = new ArrayList<>();
    for (Lane lane = gone.poll(); lane != null; lane = gone.poll()) {
      leaving.add(lane);
    }
    for (Lane lane = over.poll(); lane != null; lane = over.poll()) {
      release(seat(lane));
    }
    for (Lane lane = awake.poll(); lane != null; lane = awake.poll()) {
      lane.summoned();
      place(seat(lane));
    }
    leaving.forEach(this::remove);
    for (Alarm next = alarms.peek();
        next != null && !next.at().isAfter(now);
        next = alarms.peek()) {
      alarms.remove();
      if (next.seat().alarm.equals(next.at())) {
        next.seat().alarm = Instant.MAX;
        place(next.seat());
      }
    }
  }

  private Seat seat(Lane lane) {
    return seats.computeIfAbsent(
        lane,
        it -> {
          Share share = shares.computeIfAbsent(shareName(it), _ -> new Share());
          share.seats++;
          return new Seat(it, share);
        });
  }

  private static ShareName shareName(Lane lane) {
    return new ShareName(lane.name().kind(), lane.name().queue());
  }

  private void remove(Lane lane) {
    Seat seat = seats.remove(lane);
    if (seat == null) {
      return;
    }
    if (seat.placed) {
      line.remove(seat);
      crowd.remove(seat);
      seat.share.waiting.remove(seat);
    }
    if (!seat.alarm.equals(Instant.MAX)) {
      alarms.removeIf(alarm -> alarm.seat() == seat);
    }
    seat.share.seats--;
    if (seat.share.seats == 0) {
      shares.remove(shareName(lane));
      full.remove(seat.share);
    }
  }

  /// What it knows of: lanes, queues, and times to look at them.
  int size() {
    return seats.size() + shares.size() + line.size() + crowd.size() + full.size() + alarms.size();
  }

  private void release(Seat seat) {
    seat.held--;
    inHands--;
    if (seat.held > 0) {
      seat.share.used--;
    } else if (seat.share.waiting.remove(seat)) {
      // It may have one whatever the others have.
      seat.placed = false;
    }
    place(seat);
  }

  private void place(Seat seat) {
    if (!seat.placed) {
      seat.placed = true;
      line.add(seat);
    }
  }

  /// The next that may take something.
  Optional<Seat> next() {
    do {
      for (Seat seat = line.poll(); seat != null; seat = line.poll()) {
        if (inHands >= config.maxCalls()) {
          crowd.add(seat);
        } else if (room(seat) < 1) {
          seat.share.waiting.add(seat);
          full.add(seat.share);
        } else {
          seat.placed = false;
          return Optional.of(seat);
        }
      }
    } while (admit());
    return Optional.empty();
  }

  /// Lets those that waited into the line, as far as there is room.
  private boolean admit() {
    if (inHands >= config.maxCalls()) {
      return false;
    }
    line.addAll(crowd);
    crowd.clear();
    full.removeIf(share -> {
      if (share.used < config.queueCalls() && !share.waiting.isEmpty()) {
        line.add(share.waiting.removeFirst());
      }
      return share.waiting.isEmpty();
    });
    return !line.isEmpty();
  }

  /// How many it may take now.
  int room(Seat seat) {
    int own = seat.held == 0 ? 1 : 0;
    return Math.min(
        Math.min(TURN, config.queueCalls() - seat.share.used + own), config.maxCalls() - inHands);
  }

  /// @param count of calls that begin
  /// @param more whether there may be more of them
  void taken(Seat seat, int count, boolean more) {
    int own = seat.held == 0 ? 1 : 0;
    seat.held += count;
    seat.share.used += Math.max(0, count - own);
    inHands += count;
    if (more) {
      place(seat);
      return;
    }
    Instant look = seat.lane.nextLook();
    if (look.isBefore(seat.alarm)) {
      seat.alarm = look;
      alarms.add(new Alarm(look, seat));
    }
  }

  boolean isBusy() {
    return inHands > 0;
  }

  /// Lanes of which calls are being made.
  Collection<Lane> busy() {
    return seats.values().stream().filter(seat -> seat.held > 0).map(seat -> seat.lane).toList();
  }

  /// When to come again though nothing was told to have happened.
  Instant nextAlarm() {
    Alarm next = alarms.peek();
    return next == null ? Instant.MAX : next.at();
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventLogException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/// The lanes of a log and its dead letters, made when they are first needed. Thread-safe.
final class Lanes {
  private final EventLog log;
  private final CallsConfig config;

  /// What is in these maps is made and deleted in the log while its name is locked there.
  private final ConcurrentMap<Streams.Name, Lane> lanes = new ConcurrentHashMap<>();

  private final ConcurrentMap<Streams.Name, OpenStream> dead = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, QueueCounts> counts = new ConcurrentHashMap<>();

  /// With what an earlier process left.
  Lanes(EventLog log, CallsConfig config) {
    this.log = log;
    this.config = config;
    for (String stream : log.streams()) {
      Streams.Name.parse(stream)
          .ifPresent(name -> {
            if (name.kind() == Streams.Kind.DEAD) {
              dead.put(name, OpenStream.open(log, name, config));
            } else {
              lanes.put(name, open(name));
            }
          });
    }
  }

  private Lane open(Streams.Name name) {
    OpenStream stream = OpenStream.open(log, name, config);
    QueueCounts counted =
        name.kind() == Streams.Kind.CALL
            ? counts.compute(
                name.queue(),
                (_, found) ->
                    found == null ? QueueCounts.first() : found.withLanes(found.lanes() + 1))
            : QueueCounts.first();
    return new Lane(stream, counted, config.functionCalls());
  }

  /// Stays until it is left ([Lane#leave]).
  ///
  /// @throws EventLogException when the log cannot be written
  Lane use(Streams.Name name) {
    Lane present = lanes.get(name);
    while (present == null || !present.enter()) {
      // Waits for the end of one that goes.
      present = lanes.compute(name, (made, found) -> found == null ? open(made) : found);
    }
    return present;
  }

  /// The same, when there is one; does not wait.
  Optional<Lane> useIfOpen(Streams.Name name) {
    return Optional.ofNullable(lanes.get(name)).filter(Lane::enter);
  }

  Collection<Lane> all() {
    return lanes.values();
  }

  /// Where the dead of a function's calls and callbacks in a queue go. Stays until it is left.
  ///
  /// @throws EventLogException when the log cannot be written
  OpenStream useDead(Streams.Name name) {
    Streams.Name wanted = name.of(Streams.Kind.DEAD);
    OpenStream present = dead.get(wanted);
    while (present == null || !present.enter()) {
      present =
          dead.compute(
              wanted, (made, found) -> found == null ? OpenStream.open(log, made, config) : found);
    }
    return present;
  }

  Collection<OpenStream> dead() {
    return dead.values();
  }

  /// Both.
  Stream<OpenStream> streams() {
    return Stream.concat(lanes.values().stream().map(Lane::open), dead.values().stream());
  }

  /// Deletes a stream that nobody uses and that is empty.
  ///
  /// @return the lane that it was, if it was one and is gone
  /// @throws EventLogException when the log cannot be written
  Optional<Lane> remove(Streams.Name name) {
    if (name.kind() == Streams.Kind.DEAD) {
      dead.computeIfPresent(name, (_, stream) -> stream.remove(log) ? null : stream);
      return Optional.empty();
    }
    Lane before = lanes.get(name);
    Lane after =
        lanes.computeIfPresent(
            name,
            (_, lane) -> {
              if (lane != before || !lane.open().remove(log)) {
                return lane;
              }
              if (name.kind() == Streams.Kind.CALL) {
                counts.computeIfPresent(
                    name.queue(),
                    (_, found) -> found.lanes() == 1 ? null : found.withLanes(found.lanes() - 1));
              }
              return null;
            });
    return after == null ? Optional.ofNullable(before) : Optional.empty();
  }

  /// Of calls, by name of the queue.
  Map<String, QueueCounts> counts() {
    return counts;
  }

  EventLog log() {
    return log;
  }
}

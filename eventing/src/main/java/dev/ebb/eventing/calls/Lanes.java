package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The lanes of a log, made when they are first needed. Thread-safe.
final class Lanes {
  private final EventLog log;
  private final CallsConfig config;
  private final ConcurrentMap<Streams.Name, Lane> lanes = new ConcurrentHashMap<>();

  /// With what an earlier process left.
  Lanes(EventLog log, CallsConfig config) {
    this.log = log;
    this.config = config;
    for (String stream : log.streams()) {
      Streams.Name.parse(stream)
          .filter(name -> name.kind() != Streams.Kind.DEAD)
          .ifPresent(this::of);
    }
  }

  /// @throws dev.ebb.eventing.log.EventLogException when the log cannot be written
  Lane of(Streams.Name name) {
    Lane present = lanes.get(name);
    return present != null
        ? present
        : lanes.computeIfAbsent(
            name, made -> new Lane(made, Streams.open(log, made, config), config.functionCalls()));
  }

  Optional<Lane> find(Streams.Name name) {
    return Optional.ofNullable(lanes.get(name));
  }

  Collection<Lane> all() {
    return lanes.values();
  }

  /// @throws dev.ebb.eventing.log.EventLogException when the log cannot be written
  EventStream dead(Streams.Name name) {
    return Streams.open(log, name.of(Streams.Kind.DEAD), config);
  }

  Optional<EventStream> findDead(Streams.Name name) {
    return log.find(name.of(Streams.Kind.DEAD).toString());
  }

  EventLog log() {
    return log;
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.kinds.ObjectKey;
import java.util.Optional;
import java.util.OptionalLong;

/// Which streams of the log hold calls: `calls/KIND/QUEUE/NAMESPACE/FUNCTION`. Each has one cursor.
final class Streams {
  /// Of a queue and a function. Dead letters keep their queue, so that they can go back.
  ///
  /// @param queue holds no slash
  record Name(Kind kind, String queue, ObjectKey function) {
    @Override
    public String toString() {
      return "%s%s/%s/%s/%s"
          .formatted(
              PREFIX,
              kind.name().toLowerCase(java.util.Locale.ROOT),
              queue,
              function.namespace(),
              function.name());
    }

    static Optional<Name> parse(String text) {
      String[] parts = text.split("/", -1);
      if (parts.length != 5 || !text.startsWith(PREFIX)) {
        return Optional.empty();
      }
      for (Kind kind : Kind.values()) {
        if (kind.name().equalsIgnoreCase(parts[1])) {
          return Optional.of(new Name(kind, parts[2], new ObjectKey(parts[3], parts[4])));
        }
      }
      return Optional.empty();
    }

    Name of(Kind other) {
      return new Name(other, queue, function);
    }
  }

  enum Kind {
    CALL,
    CALLBACK,
    DEAD
  }

  private static final String PREFIX = "calls/";
  private static final String CURSOR = "delivery";

  private Streams() {}

  static EventStream open(EventLog log, Name name, CallsConfig config) {
    EventStream stream = log.open(name.toString(), settings(name.kind(), config));
    cursor(stream);
    return stream;
  }

  /// The one that says what is not delivered yet.
  static EventCursor cursor(EventStream stream) {
    return stream.cursor(CURSOR, CursorSettings.fromBeginning());
  }

  private static StreamSettings settings(Kind kind, CallsConfig config) {
    return switch (kind) {
      case CALL, CALLBACK ->
          StreamSettings.queue()
              .withMaxEvents(config.queuedCalls())
              .withMaxBytes(config.queuedBytes());
      case DEAD ->
          new StreamSettings(
              /* untilAcknowledged= */ true,
              Optional.of(config.deadAge()),
              OptionalLong.of(config.queuedBytes()),
              OptionalLong.of(config.deadLetters()),
              /* refuseWhenFull= */ false);
    };
  }
}

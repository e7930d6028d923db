package dev.ebb.eventing.log;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// One order of events. Thread-safe.
public interface EventStream {
  String name();

  StreamSettings settings();

  /// Appends an event whose payload is in memory. Events of one thread are in its order; those of
  /// several in the order in which the log took them. Blocks for as long as it takes to write the
  /// payload when that is large (the driver says from which size on), never for a sync of others.
  ///
  /// A future that failed means that the event is not in the log and never will be, but for
  /// [EventLogException] itself, after which that is unknown (the disk failed). Cancelling the
  /// future does not take the event back.
  ///
  /// @return its sequence number, when it is durable; or exceptionally [EventTooLargeException],
  ///   [StreamFullException], [EventLogBusyException], [DiskFullException], [EventLogException]
  CompletableFuture<Long> append(NewEvent event);

  /// Begins to append an event whose payload comes in pieces and is not held in memory.
  Upload upload();

  /// Looks at an event, as long as the settings of the stream keep it.
  ///
  /// @throws DamagedEventException when it is there but cannot be read
  Optional<StoredEvent> read(long sequence);

  /// Looks at events in order, beginning at a sequence number or the next that is kept. Damaged
  /// ones are left out.
  ///
  /// @param max at least 1; fewer come when the payloads would take more than some MiB of memory,
  ///   but at least one if there is one
  List<StoredEvent> read(long from, int max);

  /// The cursor of that name, made when there is none. An existing one stays where it is; its
  /// window is changed to that of the settings. Durable when it returns.
  ///
  /// @param name 1 to 255 characters, none of them a control character
  EventCursor cursor(String name, CursorSettings settings);

  Optional<EventCursor> findCursor(String name);

  /// The names of all cursors, sorted.
  List<String> cursors();

  /// Forgets a cursor. What waited for it alone goes.
  ///
  /// @return whether there was one
  boolean deleteCursor(String name);

  /// Forgets all events before a sequence number, acknowledged or not. Durable when it returns.
  void trim(long before);

  StreamStatus status();
}

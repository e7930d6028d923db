package dev.ebb.eventing.log;

import java.util.List;
import java.util.Optional;

/// Named streams of events that survive the loss of power. Thread-safe.
///
/// Methods that return a future do not wait for syncs; all others may. What a future promises is
/// durable when it is complete; it completes exceptionally with an [EventLogException]. What hangs
/// on a future without an executor runs on the log's only writing thread and must not block.
public interface EventLog extends AutoCloseable {

  /// The stream of that name, made when there is none; its settings are changed to these when they
  /// differ. Durable when it returns.
  ///
  /// @param name 1 to 255 characters, none of them a control character
  /// @throws EventLogException when the log cannot be written
  EventStream open(String name, StreamSettings settings);

  /// The stream of that name, if it was opened before, by this or an earlier process.
  Optional<EventStream> find(String name);

  /// The names of all streams, sorted.
  List<String> streams();

  /// Forgets a stream with its events and cursors. Durable when it returns.
  ///
  /// @return whether there was one
  /// @throws EventLogException when the log cannot be written
  boolean delete(String name);

  /// What was found damaged since this log was opened, oldest first, the first 1000.
  List<Damage> damages();

  LogStatus status();

  /// Refuses what comes from now on, waits until what came before is durable, and stops. Leases are
  /// not kept: what was leased out is handed out again by the next process.
  @Override
  void close();
}

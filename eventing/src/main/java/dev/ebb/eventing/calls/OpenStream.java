package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;

/// A stream of calls, and how many use it now: it goes only while nobody does. Thread-safe.
///
/// Whoever appends to it is between [#enter] and [#leave] until that is durable. So a call that is
/// accepted while its stream is to go either keeps it, or comes to a new one.
final class OpenStream {
  private final Streams.Name name;
  private final EventStream stream;
  private final EventCursor cursor;
  private final IdIndex index;
  private int users;
  private boolean gone;

  private OpenStream(Streams.Name name, EventStream stream, boolean made) {
    this.name = name;
    this.stream = stream;
    this.cursor = Streams.cursor(stream);
    this.index = new IdIndex(stream, cursor, /* complete= */ made);
  }

  /// @throws EventLogException when the log cannot be written
  static OpenStream open(EventLog log, Streams.Name name, CallsConfig config) {
    boolean made = log.find(name.toString()).isEmpty();
    return new OpenStream(name, Streams.open(log, name, config), made);
  }

  Streams.Name name() {
    return name;
  }

  EventStream stream() {
    return stream;
  }

  EventCursor cursor() {
    return cursor;
  }

  /// By the ids of what is in it. Who appends adds to it.
  IdIndex index() {
    return index;
  }

  boolean isEmpty() {
    return cursor.backlog().events() == 0;
  }

  /// @return false when it is gone: there may be a new one
  synchronized boolean enter() {
    if (gone) {
      return false;
    }
    users++;
    return true;
  }

  synchronized void leave() {
    users--;
  }

  /// Deletes it, unless somebody uses it or something is in it.
  ///
  /// @return whether it is gone
  /// @throws EventLogException when the log cannot be written; then it stays
  boolean remove(EventLog log) {
    synchronized (this) {
      if (gone || users > 0 || !isEmpty()) {
        return false;
      }
      gone = true;
    }
    try {
      log.delete(name.toString());
      return true;
    } catch (EventLogException e) {
      synchronized (this) {
        gone = false;
      }
      throw e;
    }
  }
}

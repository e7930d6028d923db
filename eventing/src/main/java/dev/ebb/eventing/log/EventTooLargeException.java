package dev.ebb.eventing.log;

/// An event is larger than the log takes. Nothing was stored.
public final class EventTooLargeException extends EventLogException {
  private static final long serialVersionUID = 1L;

  /// @param what which part of it
  /// @param limit in bytes
  public EventTooLargeException(String what, long limit) {
    super("the " + what + " of an event may have " + limit + " bytes");
  }
}

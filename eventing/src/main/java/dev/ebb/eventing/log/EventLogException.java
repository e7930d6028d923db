package dev.ebb.eventing.log;

/// The log could not do what was asked. Of this type itself: the disk failed, or the log is closed.
public class EventLogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EventLogException(String message) {
    super(message);
  }

  public EventLogException(String message, Throwable cause) {
    super(message, cause);
  }
}

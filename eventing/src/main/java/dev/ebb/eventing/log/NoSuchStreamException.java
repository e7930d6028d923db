package dev.ebb.eventing.log;

/// A stream or a cursor was deleted while it was in use.
public final class NoSuchStreamException extends EventLogException {
  private static final long serialVersionUID = 1L;

  public NoSuchStreamException(String name) {
    super(name + " was deleted");
  }
}

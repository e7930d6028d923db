package dev.ebb.eventing.log;

/// An event is in the log, but its bytes are gone or are not those that were written.
public final class DamagedEventException extends EventLogException {
  private static final long serialVersionUID = 1L;

  public DamagedEventException(String stream, long sequence, String reason) {
    super("event " + sequence + " of stream " + stream + " is damaged: " + reason);
  }
}

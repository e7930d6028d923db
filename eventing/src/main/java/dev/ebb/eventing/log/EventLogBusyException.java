package dev.ebb.eventing.log;

/// More waits for the disk than the log may hold in memory. Nothing was stored; try again later.
public final class EventLogBusyException extends EventLogException {
  private static final long serialVersionUID = 1L;

  public EventLogBusyException(long bytes) {
    super("the event log is busy: " + bytes + " bytes wait for the disk");
  }
}

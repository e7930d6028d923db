package dev.ebb.eventing.log;

/// The disk has no room. Nothing was stored; the log works again by itself when there is room.
public final class DiskFullException extends EventLogException {
  private static final long serialVersionUID = 1L;

  /// @param file what had to grow
  public DiskFullException(String file, Throwable cause) {
    super(
        file + " cannot grow, the disk is full: free some space, or acknowledge or trim events",
        cause);
  }
}

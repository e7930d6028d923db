package dev.ebb.eventing.log;

/// Where a new cursor begins and how much of a stream it may have in hands.
///
/// @param atBeginning where a new cursor begins: at the oldest event that is stored, or behind the
///   newest
/// @param window so many events at most are leased out or wait to come again; 1 to 100,000. Each
///   takes about 150 bytes
public record CursorSettings(boolean atBeginning, int window) {
  private static final int DEFAULT_WINDOW = 1_000;
  private static final int MAX_WINDOW = 100_000;

  public CursorSettings {
    if (window < 1 || window > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "window must be from 1 to " + MAX_WINDOW + ", not " + window);
    }
  }

  public static CursorSettings fromBeginning() {
    return new CursorSettings(true, DEFAULT_WINDOW);
  }

  public static CursorSettings fromNow() {
    return new CursorSettings(false, DEFAULT_WINDOW);
  }

  public CursorSettings withWindow(int events) {
    return new CursorSettings(atBeginning, events);
  }
}

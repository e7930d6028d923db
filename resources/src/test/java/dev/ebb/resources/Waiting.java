package dev.ebb.resources;

import java.time.Duration;
import org.awaitility.Awaitility;

/// How tests wait for the components that follow the store.
public final class Waiting {
  private Waiting() {}

  /// Long enough for a machine whose processors others have, which costs nothing where they are
  /// free, and looking often, for what is waited for takes some milliseconds.
  public static void patiently() {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }
}

package dev.ebb.node.pods;

import java.util.List;

/// Keeps the images of a plan from being collected, as long as the plan or an instance of it is
/// there. Thread-safe.
public final class ImageLease {
  private List<Runnable> releases;
  private int holders = 1;

  /// Has one holder, who made it.
  ///
  /// @param releases called when nobody holds it any more
  public ImageLease(List<Runnable> releases) {
    this.releases = List.copyOf(releases);
  }

  /// @throws IllegalStateException when it is over
  public synchronized void hold() {
    if (holders == 0) {
      throw new IllegalStateException("the lease is over");
    }
    holders++;
  }

  public synchronized void letGo() {
    holders--;
    if (holders == 0) {
      releases.forEach(Runnable::run);
      releases = List.of();
    }
  }
}

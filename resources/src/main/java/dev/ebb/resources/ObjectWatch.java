package dev.ebb.resources;

import java.time.Duration;
import java.util.Optional;

/// A stream of events in the order in which they happened.
public interface ObjectWatch extends AutoCloseable {
  /// Waits for the next event.
  ///
  /// @return empty when the time is over
  /// @throws IllegalStateException when the watch is closed, also while it waits
  /// @throws ApiException 410 `Expired` when the watcher fell behind and must list again
  Optional<WatchEvent> next(Duration timeout) throws InterruptedException;

  /// The resource version up to which everything was returned; for bookmarks. Empty while the
  /// objects that were there first are still coming.
  String progress();

  @Override
  void close();
}

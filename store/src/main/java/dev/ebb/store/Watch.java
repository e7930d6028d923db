package dev.ebb.store;

import java.time.Duration;
import java.util.Optional;

/// A stream of changes in the order of their revisions, without gap or repetition.
public interface Watch extends AutoCloseable {
  /// Waits for the next change.
  ///
  /// @return empty when the time is over
  /// @throws CompactedException when this watcher fell behind its bounded buffer, or the history it
  ///   needs is gone; it must list again
  /// @throws IllegalStateException when the watch or the store is closed, also while it waits
  Optional<Change> next(Duration timeout) throws InterruptedException;

  /// Every change up to this revision that concerns the watch has been returned by `next`.
  long progress();

  @Override
  void close();
}

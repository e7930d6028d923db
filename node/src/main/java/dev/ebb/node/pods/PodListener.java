package dev.ebb.node.pods;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.node.StartRefusedException;

/// Whom a Pod tells. Called on the loop.
public interface PodListener {
  /// A container's state changed.
  void changed(Pod pod);

  /// Nothing could be started; the Pod is as new and may be started again.
  void refused(Pod pod, StartRefusedException why);

  /// The first process exists.
  void created(Pod pod, long spawnedAt);

  /// All containers are ready, for the first time.
  ///
  /// @param bootedAt when a function's runtime gave its sign of life; 0 where none does
  void ready(Pod pod, long bootedAt, long listeningAt);

  /// A container failed and is started again in its place.
  void crashed(Pod pod, ExitStatus exit);

  /// Nothing of it runs any more.
  void ended(Pod pod, ExitStatus exit);

  /// Nothing of it is left.
  void cleanedUp(Pod pod);
}

package dev.ebb.resources;

import java.util.Optional;
import java.util.OptionalLong;

/// How an object is deleted.
///
/// @param uid precondition
/// @param resourceVersion precondition
/// @param ephemeral stored without fsync: only where the deleter deletes again what comes back
/// @param gracePeriodSeconds for a Pod to end, instead of its own; 0 removes it at once
public record DeleteOptions(
    Propagation propagation,
    Optional<String> uid,
    Optional<String> resourceVersion,
    boolean dryRun,
    boolean ephemeral,
    OptionalLong gracePeriodSeconds) {
  /// With a Pod's own grace period.
  public DeleteOptions(
      Propagation propagation,
      Optional<String> uid,
      Optional<String> resourceVersion,
      boolean dryRun,
      boolean ephemeral) {
    this(propagation, uid, resourceVersion, dryRun, ephemeral, OptionalLong.empty());
  }

  /// A durable deletion.
  public DeleteOptions(
      Propagation propagation,
      Optional<String> uid,
      Optional<String> resourceVersion,
      boolean dryRun) {
    this(propagation, uid, resourceVersion, dryRun, false);
  }

  /// What happens to the objects that this one owns.
  public enum Propagation {
    /// As the object's own finalizers say, else in the background.
    DEFAULT,
    BACKGROUND,
    FOREGROUND,
    ORPHAN
  }

  public DeleteOptions withGracePeriod(OptionalLong seconds) {
    return new DeleteOptions(propagation, uid, resourceVersion, dryRun, ephemeral, seconds);
  }

  public static DeleteOptions background() {
    return new DeleteOptions(Propagation.BACKGROUND, Optional.empty(), Optional.empty(), false);
  }
}

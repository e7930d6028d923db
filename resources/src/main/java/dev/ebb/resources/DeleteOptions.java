package dev.ebb.resources;

import java.util.Optional;

/// How an object is deleted.
///
/// @param uid precondition
/// @param resourceVersion precondition
/// @param ephemeral stored without fsync: only where the deleter deletes again what comes back
public record DeleteOptions(
    Propagation propagation,
    Optional<String> uid,
    Optional<String> resourceVersion,
    boolean dryRun,
    boolean ephemeral) {
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

  public static DeleteOptions background() {
    return new DeleteOptions(Propagation.BACKGROUND, Optional.empty(), Optional.empty(), false);
  }
}

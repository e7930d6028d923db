package dev.ebb.resources;

import java.util.Optional;

/// How an object is deleted.
///
/// @param uid precondition
/// @param resourceVersion precondition
public record DeleteOptions(
    Propagation propagation,
    Optional<String> uid,
    Optional<String> resourceVersion,
    boolean dryRun) {
  /// What happens to the objects that this one owns.
  public enum Propagation {
    BACKGROUND,
    FOREGROUND,
    ORPHAN
  }

  public static DeleteOptions background() {
    return new DeleteOptions(Propagation.BACKGROUND, Optional.empty(), Optional.empty(), false);
  }
}

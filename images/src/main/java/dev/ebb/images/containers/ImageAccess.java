package dev.ebb.images.containers;

import dev.ebb.images.registry.Repository;
import java.util.Optional;

/// Who may run what was pushed to the built-in registry. Thread-safe; no call writes or waits.
///
/// @see docs/decisions/0096-who-may-run-an-image.md
@FunctionalInterface
public interface ImageAccess {
  /// @param repository of another namespace than the user's
  /// @return why not, for the user; empty when it is allowed
  Optional<String> refusal(ImageUser user, Repository repository);
}

package dev.ebb.images.containers;

import dev.ebb.images.distribution.ImageReference;
import java.time.Instant;

/// What a name means here.
///
/// @param reference with a tag, or with the digest
/// @param digest of the index or manifest
/// @param created when the name got this meaning here
/// @param lastUsed when an instance was last started from it
public record NamedImage(
    ImageReference reference, String digest, Origin origin, Instant created, Instant lastUsed) {
  /// Where the content came from.
  public enum Origin {
    /// From a registry, perhaps the built-in one, where it can be had again: it may go by itself.
    PULLED,
    /// From a file: it goes when somebody says so.
    LOADED
  }

  /// Whether it can be had nowhere else.
  public boolean isOnlyHere() {
    return origin != Origin.PULLED;
  }

  NamedImage usedAt(Instant now) {
    return new NamedImage(reference, digest, origin, created, now);
  }
}

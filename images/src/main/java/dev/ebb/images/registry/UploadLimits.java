package dev.ebb.images.registry;

import java.time.Duration;

/// What uploads may cost.
///
/// @param open at the same time; a push opens one for each layer, most tools six at once
/// @param contestedAge after which an idle upload makes place for a new one when all are taken
/// @param idleAge after which an idle upload is collected
public record UploadLimits(int open, Duration contestedAge, Duration idleAge) {
  public static final UploadLimits DEFAULT =
      new UploadLimits(256, Duration.ofMinutes(10), Duration.ofHours(24));
}

package dev.ebb.images.containers;

import java.time.Duration;

/// When images that nothing uses go by themselves.
///
/// @param unusedFor after which a pulled image goes
/// @param highPercent of the disk in use above which pulled images go, least recently used first
/// @param lowPercent below which no more go for that reason
/// @param minimumAge below which no image goes for want of space, for it may just be about to start
public record CollectionPolicy(
    Duration unusedFor, int highPercent, int lowPercent, Duration minimumAge) {
  /// The kubelet's: 85 and 80 percent, two minutes. It keeps images for ever otherwise; a month is
  /// longer than people are away.
  public static final CollectionPolicy DEFAULT =
      new CollectionPolicy(Duration.ofDays(30), 85, 80, Duration.ofMinutes(2));

  /// Everything that nothing uses, now.
  public static final CollectionPolicy ALL =
      new CollectionPolicy(Duration.ZERO, 100, 100, Duration.ZERO);
}

package dev.ebb.images.distribution;

/// What one image may take.
///
/// @param layers at most so many; overlayfs takes no more than 500 lower directories
/// @param bytes of configuration and layers together, as transferred
public record PullLimits(int layers, long bytes) {
  /// 500 layers and 64 GiB: more than any image that is meant to start fast.
  public static final PullLimits DEFAULT = new PullLimits(500, 64L << 30);
}

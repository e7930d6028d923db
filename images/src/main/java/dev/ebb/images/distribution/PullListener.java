package dev.ebb.images.distribution;

/// Is told how far a pull is. Called from several threads at once, about once a MiB of each blob;
/// it must not block.
@FunctionalInterface
public interface PullListener {
  PullListener NONE = (digest, done, size) -> {};

  /// @param digest of the blob
  /// @param done bytes of it that are here
  /// @param size of it, in bytes
  void progress(String digest, long done, long size);
}

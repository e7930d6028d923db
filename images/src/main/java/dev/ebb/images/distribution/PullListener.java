package dev.ebb.images.distribution;

/// Is told how far a pull is. Called from several threads at once, about once a MiB of each blob;
/// it must not block. A caller that shares another's transfer is told about that one too.
@FunctionalInterface
public interface PullListener {
  PullListener NONE = (digest, done, size) -> {};

  /// @param digest of the blob
  /// @param done bytes of it that are here
  /// @param size of it, in bytes
  void progress(String digest, long done, long size);

  /// Before the first layer is fetched: what there is to fetch. The configuration is in the store.
  default void found(ImageManifest manifest) {}

  /// A layer is whole and in the store. May be called more than once for one that an image has
  /// twice.
  default void arrived(Descriptor layer) {}
}

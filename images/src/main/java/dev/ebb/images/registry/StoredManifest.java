package dev.ebb.images.registry;

/// A manifest or an index, exactly as it was pushed.
public final class StoredManifest {
  private final String digest;
  private final String mediaType;
  private final byte[] bytes;

  StoredManifest(String digest, String mediaType, byte[] bytes) {
    this.digest = digest;
    this.mediaType = mediaType;
    this.bytes = bytes;
  }

  public String digest() {
    return digest;
  }

  public String mediaType() {
    return mediaType;
  }

  public byte[] bytes() {
    return bytes.clone();
  }
}

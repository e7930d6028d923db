package dev.ebb.images.distribution;

import dev.ebb.images.Digest;
import java.util.Map;
import java.util.Optional;

/// What a manifest says of another piece of content: the OCI content descriptor.
///
/// @param digest `sha256:` and 64 hexadecimal digits
/// @param size in bytes, not negative
/// @param platform only in an index
public record Descriptor(
    String mediaType,
    String digest,
    long size,
    Optional<Platform> platform,
    Map<String, String> annotations) {
  public Descriptor {
    if (!Digest.isValid(digest) || size < 0) {
      throw new IllegalArgumentException("not a descriptor: " + digest + ", " + size + " bytes");
    }
    annotations = Map.copyOf(annotations);
  }

  public Descriptor(String mediaType, String digest, long size) {
    this(mediaType, digest, size, Optional.empty(), Map.of());
  }
}

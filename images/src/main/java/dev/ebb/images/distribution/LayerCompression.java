package dev.ebb.images.distribution;

import dev.ebb.images.distribution.ImageException.Reason;

/// How the tar archive of a layer is packed.
public enum LayerCompression {
  NONE,
  GZIP,
  ZSTD;

  /// @throws ImageException with [Reason#INVALID] for a layer of another type, also for one that
  ///   registries do not hold ("foreign", "nondistributable")
  public static LayerCompression of(String mediaType) {
    return switch (mediaType) {
      case "application/vnd.oci.image.layer.v1.tar",
          "application/vnd.docker.image.rootfs.diff.tar" ->
          NONE;
      case "application/vnd.oci.image.layer.v1.tar+gzip",
          "application/vnd.docker.image.rootfs.diff.tar.gzip" ->
          GZIP;
      case "application/vnd.oci.image.layer.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.diff.tar.zstd" ->
          ZSTD;
      default ->
          throw new ImageException(
              Reason.INVALID,
              mediaType.contains("foreign") || mediaType.contains("nondistributable")
                  ? "the image has a layer that its registry may not hold (" + mediaType + ")"
                  : "the image has a layer of the unknown media type '" + mediaType + "'");
    };
  }
}

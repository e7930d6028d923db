package dev.ebb.images.distribution;

/// What a registry holds under a tag: one image, or an index of images for several platforms.
public sealed interface ManifestDocument permits ImageManifest, ImageIndex {
  /// More than any registry must take (OCI distribution specification, "Pushing manifests").
  int MAXIMUM_BYTES = 4 << 20;

  String mediaType();

  /// @param contentType what the registry said it is; empty when nothing did. A document that says
  ///   of itself that it is something else is refused, for then two readers could see two images
  ///   under one digest.
  /// @throws ImageException with [Reason#INVALID] for anything but a well-formed OCI or Docker
  ///   schema 2 manifest or index
  static ManifestDocument parse(byte[] bytes, String contentType) {
    return ManifestJson.parse(bytes, contentType);
  }
}

package dev.ebb.node.pods;

import dev.ebb.images.distribution.ImageException;
import dev.ebb.node.StartRefusedException;

/// What the kubelet says of an image that cannot be had. Pure.
final class ImageErrors {
  private ImageErrors() {}

  /// What may be mended at the registry, in a Secret or on the disk is tried again, what is wrong
  /// with the name or the image itself is not.
  static StartRefusedException refused(String image, ImageException e) {
    String why = "Failed to pull image \"%s\": %s".formatted(image, e.getMessage());
    return switch (e.reason()) {
      case INVALID ->
          StartRefusedException.lasting(
              String.valueOf(e.getMessage()).contains("invalid reference format")
                  ? "InvalidImageName"
                  : "ErrImagePull",
              why);
      case WRONG_PLATFORM, TOO_LARGE -> StartRefusedException.lasting("ErrImagePull", why);
      case NOT_FOUND, UNAUTHORIZED, DIGEST_MISMATCH ->
          new StartRefusedException("ErrImagePull", why, true);
      case UNREACHABLE, NO_SPACE -> new StartRefusedException("ErrImagePull", why, false);
    };
  }
}

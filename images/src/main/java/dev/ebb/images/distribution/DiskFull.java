package dev.ebb.images.distribution;

import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.util.Locale;

/// Tells a full disk from other failures of the store. Java has no exception of its own for it, so
/// it is known by the words of `ENOSPC` and `EDQUOT`, which the program does not translate.
final class DiskFull {
  private DiskFull() {}

  static boolean isCause(IOException failure) {
    var message = failure.getMessage() == null ? "" : failure.getMessage().toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("disk quota exceeded");
  }

  static ImageException toImageException(ImageReference image, IOException failure) {
    return isCause(failure)
        ? new ImageException(Reason.NO_SPACE, image + ": the disk is full", failure)
        : new ImageException(
            Reason.UNREACHABLE, image + ": cannot store it: " + failure.getMessage(), failure);
  }

  static ImageException tooLittle(ImageReference image, long needed, long usable) {
    return new ImageException(
        Reason.NO_SPACE,
        "%s: it needs %d MiB more and the disk has %d MiB left"
            .formatted(image, (needed + (1 << 20) - 1) >> 20, usable >> 20));
  }
}

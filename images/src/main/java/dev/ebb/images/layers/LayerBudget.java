package dev.ebb.images.layers;

import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.nio.file.FileStore;

/// Counts what a layer costs while it is unpacked, and stops it where a limit ends.
final class LayerBudget {
  /// How often the free space is asked for, which costs a system call.
  private static final long CHECK_BYTES = 16L << 20;

  private final LayerLimits limits;
  private final long packed;
  private final FileStore disk;
  private long unpacked;
  private long fileBytes;
  private long entries;
  private long directoryBytes;
  private long untilCheck;

  /// @param packed bytes of the layer as it is stored
  LayerBudget(LayerLimits limits, long packed, FileStore disk) {
    this.limits = limits;
    this.packed = packed;
    this.disk = disk;
  }

  void unpacked(long bytes) throws IOException {
    unpacked += bytes;
    if (unpacked > limits.bytes()) {
      throw tooLarge("more than %d MiB unpacked".formatted(limits.bytes() >> 20));
    }
    if (unpacked > limits.ratioFrom() && unpacked / limits.ratio() > packed) {
      throw tooLarge(
          "its %d bytes unpack to more than %d times as many".formatted(packed, limits.ratio()));
    }
    untilCheck -= bytes;
    if (untilCheck <= 0) {
      untilCheck = CHECK_BYTES;
      if (disk.getUsableSpace() < limits.freeBytes()) {
        throw noSpace("less than %d MiB would be left free".formatted(limits.freeBytes() >> 20));
      }
    }
  }

  void entry(TarEntry entry) {
    if (++entries > limits.entries()) {
      throw tooLarge("more than %d files".formatted(limits.entries()));
    }
    // Compared before it is added: a sparse file may say any size.
    if (entry.size() > limits.bytes() - fileBytes) {
      throw tooLarge("files of more than %d MiB".formatted(limits.bytes() >> 20));
    }
    fileBytes += entry.size();
  }

  void directory(String path) {
    directoryBytes += path.length();
    if (directoryBytes > limits.directoryBytes()) {
      throw tooLarge(
          "names of directories of more than %d MiB".formatted(limits.directoryBytes() >> 20));
    }
  }

  long bytes() {
    return unpacked;
  }

  long entries() {
    return entries;
  }

  static ImageException noSpace(String why) {
    return new ImageException(
        Reason.NO_SPACE,
        "no space on the disk to unpack the image: %s. Free some, or run `ebb image gc`"
            .formatted(why));
  }

  private static ImageException tooLarge(String why) {
    return new ImageException(
        Reason.TOO_LARGE, "a layer of the image is larger than allowed: " + why);
  }
}

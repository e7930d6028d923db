package dev.ebb.node.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/// Reads files of an image from its layers, without mounting them. No link is followed, as an
/// image's links lead where its author likes.
final class ImageFiles {
  /// An `/etc/passwd` of a thousand users has 60 KB.
  private static final long MOST_BYTES = 1 << 20;

  private ImageFiles() {}

  /// The text of a file of two parts, `etc/passwd`; empty when there is none. The highest layer
  /// that has it, or has hidden it, decides (whiteouts of overlayfs: a device 0/0).
  ///
  /// @param layers lowest first
  static String read(List<Path> layers, String directory, String name) {
    for (Path layer : layers.reversed()) {
      Optional<BasicFileAttributes> parent = attributes(layer.resolve(directory));
      if (parent.isEmpty()) {
        continue;
      }
      if (!parent.get().isDirectory()) {
        return "";
      }
      Path file = layer.resolve(directory).resolve(name);
      Optional<BasicFileAttributes> found = attributes(file);
      if (found.isPresent()) {
        return found.get().isRegularFile() && found.get().size() <= MOST_BYTES ? text(file) : "";
      }
    }
    return "";
  }

  private static Optional<BasicFileAttributes> attributes(Path path) {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}

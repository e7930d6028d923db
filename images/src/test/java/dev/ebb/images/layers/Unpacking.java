package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.LayerCompression;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Unpacks into a fresh directory of a test, and tells what came of it.
final class Unpacking {
  static final LayerLimits LIMITS = new LayerLimits(1 << 20, 1000, 100, 1 << 16, 1 << 16, 0);

  final Path home;
  final Path layer;
  private final Path trash;

  /// Beside a file that no layer may touch.
  static Unpacking below(Path directory) throws IOException {
    Files.writeString(directory.resolve("secret"), "untouched");
    return new Unpacking(Files.createDirectory(directory.resolve("home")));
  }

  private Unpacking(Path home) throws IOException {
    this.home = home;
    layer = Files.createDirectory(home.resolve("layer"));
    trash = Files.createDirectory(home.resolve("trash"));
  }

  LayerUnpacker.Result unpack(byte[] tar) throws IOException {
    return unpack(tar, LayerCompression.NONE, Digest.of(tar), LIMITS);
  }

  LayerUnpacker.Result unpack(
      byte[] blob, LayerCompression compression, String diffId, LayerLimits limits)
      throws IOException {
    return new LayerUnpacker(limits, LayerOwners.ofThisProcess())
        .unpack(new ByteArrayInputStream(blob), blob.length, compression, diffId, layer, trash);
  }

  /// Every file with its type and content: `d`, `f:content`, `l:target`, `w` for a whiteout.
  Map<String, String> tree() throws IOException {
    var tree = new TreeMap<String, String>();
    var opaque = Attributes.opaque(layer);
    try (var paths = Files.walk(layer)) {
      for (var path : (Iterable<Path>) paths::iterator) {
        if (!path.equals(layer)) {
          var name = layer.relativize(path).toString();
          tree.put(name, describe(path) + (opaque.contains(name) ? " opaque" : ""));
        }
      }
    }
    return tree;
  }

  void nothingOutsideIsTouched() throws IOException {
    var directory = home.resolveSibling("");
    assertThat(directory.resolve("secret")).hasContent("untouched");
    try (var around = Files.list(directory)) {
      assertThat(around.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("secret", "home");
    }
    try (var below = Files.list(home)) {
      assertThat(below.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("layer", "trash");
    }
  }

  private static String describe(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return "l:" + Files.readSymbolicLink(path);
    }
    if (Files.isDirectory(path)) {
      return "d";
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "f:" + new String(Files.readAllBytes(path), ISO_8859_1);
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return switch (mode & LinuxFiles.S_IFMT) {
      case LinuxFiles.S_IFCHR -> (long) Files.getAttribute(path, "unix:rdev") == 0 ? "w" : "device";
      case LinuxFiles.S_IFIFO -> "p";
      default -> "?";
    };
  }
}

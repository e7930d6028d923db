package dev.ebb.images;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The unpacked files of packages, `unpacked/BOOT/HEX/`. They are a cache: not forced to the disk,
/// and so not trusted after the machine was started again, hence one directory for each boot.
final class Unpacked {
  private final Path directory;

  Unpacked(Path parent, String bootId) throws IOException {
    var all = Files.createDirectories(parent.resolve("unpacked"));
    try (var boots = Files.newDirectoryStream(all)) {
      for (var boot : boots) {
        if (!boot.getFileName().toString().equals(bootId)) {
          delete(boot);
        }
      }
    }
    directory = Files.createDirectories(all.resolve(bootId));
  }

  static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  Path path(String digest) {
    return directory.resolve(Digest.hex(digest));
  }

  /// Unpacks a gzipped tar; the directory appears at once and whole.
  void unpack(String digest, byte[] layer) throws IOException {
    // In the same parent: to move a read-only directory elsewhere one must own more than it.
    var temporary = directory.resolve("." + Digest.hex(digest));
    delete(temporary);
    Files.createDirectory(temporary);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(layer), 1 << 16)) {
      TarReader.read(
          in,
          (path, content) -> {
            var file = temporary.resolve(path);
            var parent = file.getParent();
            if (parent != null) {
              Files.createDirectories(parent);
            }
            Files.write(file, content);
          });
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    }
    setReadOnly(temporary);
    Files.move(temporary, path(digest), ATOMIC_MOVE);
  }

  /// Deletes the files of packages that are not wanted.
  void retain(Predicate<String> wanted) throws IOException {
    try (var packages = Files.newDirectoryStream(directory)) {
      for (var unpacked : packages) {
        if (!wanted.test("sha256:" + unpacked.getFileName())) {
          delete(unpacked);
        }
      }
    }
  }

  private static void setReadOnly(Path root) throws IOException {
    var file = PosixFilePermissions.fromString("r--r--r--");
    var folder = PosixFilePermissions.fromString("r-xr-xr-x");
    try (var paths = Files.walk(root)) {
      for (var path : (Iterable<Path>) paths::iterator) {
        Files.setPosixFilePermissions(path, Files.isDirectory(path) ? folder : file);
      }
    }
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(path);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

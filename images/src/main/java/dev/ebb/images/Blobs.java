package dev.ebb.images;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;

/// Bytes under the name of their digest, `blobs/sha256/HEX`, as the OCI image layout has them. A
/// blob is whole and on the disk before its name exists.
final class Blobs {
  private final Path directory;

  Blobs(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory.resolve("blobs/sha256"));
    deleteTemporaryFiles();
  }

  /// Idempotent; a blob that is there already becomes young again for [#retain].
  String write(byte[] bytes, Instant now) throws IOException {
    var digest = Digest.of(bytes);
    var file = file(digest);
    if (Files.exists(file) && Files.size(file) == bytes.length) {
      Files.setLastModifiedTime(file, FileTime.from(now));
      return digest;
    }
    var temporary = directory.resolve("." + Digest.hex(digest) + ".tmp");
    Files.deleteIfExists(temporary);
    try (var channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    Files.setLastModifiedTime(temporary, FileTime.from(now));
    Files.move(temporary, file, ATOMIC_MOVE);
    force(directory);
    return digest;
  }

  boolean has(String digest) {
    return Digest.isValid(digest) && Files.exists(file(digest));
  }

  /// The bytes, proved to be those of the digest.
  byte[] read(String digest) throws IOException {
    if (!Digest.isValid(digest)) {
      throw new PackageMissingException(digest, "not a sha256 digest");
    }
    try {
      var bytes = Files.readAllBytes(file(digest));
      if (!Digest.of(bytes).equals(digest)) {
        throw new PackageMissingException(digest, "damaged: its bytes have another digest");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new PackageMissingException(digest, "not in " + directory);
    }
  }

  /// Deletes all other blobs last written before that instant.
  void retain(Set<String> digests, Instant writtenBefore) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        var old = Files.getLastModifiedTime(file).toInstant().isBefore(writtenBefore);
        if (old && !digests.contains("sha256:" + file.getFileName())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private Path file(String digest) {
    return directory.resolve(Digest.hex(digest));
  }

  private void deleteTemporaryFiles() throws IOException {
    try (var files = Files.newDirectoryStream(directory, ".*.tmp")) {
      for (var file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void force(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }
}

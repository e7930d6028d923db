package dev.ebb.images;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// Bytes under the name of their digest, `blobs/sha256/HEX`, as the OCI image layout has them. A
/// blob is whole and on the disk before its name exists.
///
/// There is one for the whole server: packages, pulled images and pushed ones share it, and so does
/// the collection of what none of them names ([#retain]). Who builds something of several blobs
/// [claims][#claim] those that are there already, which makes them young: no collector deletes a
/// young blob. Thread-safe within one process.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image
///   layout</a>
public final class Blobs {
  private static final Pattern WRITER = Pattern.compile("[A-Za-z0-9-]{1,100}");

  private final Path directory;
  private final AtomicLong temporaries = new AtomicLong();

  /// @param directory of the layout; what a killed server left half written is deleted
  public Blobs(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    deleteTemporaryFiles();
  }

  /// Idempotent; a blob that is there already becomes young again for [#retain].
  public String write(byte[] bytes, Instant now) throws IOException {
    var digest = Digest.of(bytes);
    var file = file(digest);
    if (claim(digest, now) && Files.size(file) == bytes.length) {
      return digest;
    }
    var temporary = temporary();
    try (var channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    adopt(temporary, digest, now);
    return digest;
  }

  /// A name for a new file, which [#adopt] takes over; gone when the server starts again.
  public Path temporary() {
    return directory.resolve("." + temporaries.incrementAndGet() + ".tmp");
  }

  /// A writer for a blob that arrives in pieces. It goes on where an earlier one of that name
  /// ended.
  ///
  /// @param name letters, digits and `-`, at most 100: the digest's digits, an upload's id
  public BlobWriter writer(String name) throws IOException {
    if (!WRITER.matcher(name).matches()) {
      throw new IllegalArgumentException("no name for a writer: " + name);
    }
    return new BlobWriter(this, directory.resolve("." + name + ".part"));
  }

  /// Bytes that the file system of the store has left.
  public long usableBytes() throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  /// Takes a file over as a blob; it is on the disk when this returns. One of the same name is
  /// replaced.
  ///
  /// @param file on the same file system, its digest verified by the caller; gone afterwards, also
  ///   after a failure
  public void adopt(Path file, String digest, Instant now) throws IOException {
    try {
      try (var channel = FileChannel.open(file, WRITE)) {
        channel.force(true);
      }
      Files.setLastModifiedTime(file, FileTime.from(now));
      Files.move(file, file(digest), ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    force(directory);
  }

  public boolean has(String digest) {
    return Digest.isValid(digest) && Files.exists(file(digest));
  }

  /// Whether the blob is there; if so it is young again, and will not be collected while something
  /// that names it is being made.
  public synchronized boolean claim(String digest, Instant now) throws IOException {
    if (!has(digest)) {
      return false;
    }
    Files.setLastModifiedTime(file(digest), FileTime.from(now));
    return true;
  }

  /// In bytes.
  ///
  /// @throws NoSuchFileException when it is not here
  public long size(String digest) throws IOException {
    return Files.size(file(digest));
  }

  /// The bytes as they are on the disk, of any length: the caller verifies what matters to it.
  ///
  /// @throws NoSuchFileException when it is not here
  public InputStream open(String digest) throws IOException {
    return Files.newInputStream(file(digest));
  }

  /// The bytes of a small blob, proved to be those of the digest.
  ///
  /// @throws PackageMissingException when it is not here or damaged
  public byte[] read(String digest) throws IOException {
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

  /// Deletes a damaged blob, so that it can be fetched again.
  public void delete(String digest) throws IOException {
    Files.deleteIfExists(file(digest));
  }

  /// Deletes all other blobs last written or claimed before that instant.
  ///
  /// @return the bytes that were freed
  public long retain(Set<String> digests, Instant before) throws IOException {
    long freed = 0;
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        if (!digests.contains("sha256:" + file.getFileName())) {
          freed += deleteIfOld(file, before);
        }
      }
    }
    return freed;
  }

  private synchronized long deleteIfOld(Path file, Instant before) throws IOException {
    try {
      if (!Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
        return 0;
      }
      long size = Files.size(file);
      Files.delete(file);
      return size;
    } catch (NoSuchFileException e) {
      return 0; // A temporary file that became a blob meanwhile.
    }
  }

  private Path file(String digest) {
    if (!Digest.isValid(digest)) {
      throw new IllegalArgumentException("no sha256 digest: " + digest);
    }
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

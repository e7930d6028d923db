package dev.ebb.images.registry;

import static java.nio.file.StandardOpenOption.WRITE;

import dev.ebb.images.Digest;
import dev.ebb.images.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A blob on its way in: a file that grows, hashed as it grows. The file outlives the server, so
/// that an upload goes on after a restart; then its hash is made again from the file.
///
/// One request at a time may use it. Thread-safe.
final class Upload {
  private static final int BUFFER = 128 << 10;

  private final Repository repository;
  private final Path file;
  private final ReentrantLock busy = new ReentrantLock();
  private Optional<MessageDigest> hash = Optional.empty();
  private volatile long size;
  private volatile Instant used;
  private volatile boolean over;

  Upload(Repository repository, Path file, Instant now) throws IOException {
    this.repository = repository;
    this.file = file;
    this.size = Files.size(file);
    this.used = now;
  }

  Repository repository() {
    return repository;
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  boolean isIdleSince(Instant instant) {
    return !busy.isLocked() && used.isBefore(instant);
  }

  /// Runs one request alone.
  ///
  /// @throws RegistryException with [Problem#UPLOAD_BUSY]
  <T> T alone(Instant now, Supplier<T> request) {
    if (!busy.tryLock()) {
      throw new RegistryException(
          Problem.UPLOAD_BUSY, "another request is writing to this upload; try again");
    }
    try {
      if (over) {
        throw Uploads.unknown();
      }
      used = now;
      return request.get();
    } finally {
      busy.unlock();
    }
  }

  /// What arrived before a failure of the client stays, so that it can go on from there. To be
  /// called within [#alone].
  void append(UploadChunk chunk) {
    long before = size;
    if (chunk.start().isPresent() && chunk.start().getAsLong() != before) {
      throw new RegistryException(
          Problem.UPLOAD_OUT_OF_ORDER,
          "the upload stands at %d bytes, the chunk begins at %d"
              .formatted(before, chunk.start().getAsLong()));
    }
    try (var output = Files.newOutputStream(file, WRITE, StandardOpenOption.APPEND)) {
      copy(chunk, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (chunk.length().isPresent() && size - before != chunk.length().getAsLong()) {
      long came = size - before;
      rewind(before);
      throw new RegistryException(
          Problem.SIZE_INVALID,
          "%d bytes were announced, %d came".formatted(chunk.length().getAsLong(), came));
    }
  }

  private void copy(UploadChunk chunk, OutputStream output) throws IOException {
    var hashing = hash();
    long before = size;
    // More than was announced is not stored, only noticed.
    long most = chunk.length().isPresent() ? chunk.length().getAsLong() + 1 : Long.MAX_VALUE;
    var buffer = new byte[BUFFER];
    long copied = 0;
    while (copied < most) {
      int count = chunk.bytes().read(buffer, 0, (int) Math.min(buffer.length, most - copied));
      if (count < 0) {
        return;
      }
      try {
        output.write(buffer, 0, count);
      } catch (IOException e) {
        hash = Optional.empty(); // Some of it may be in the file, some not.
        size = Files.size(file);
        throw DiskFull.or(e);
      }
      hashing.update(buffer, 0, count);
      copied += count;
      size = before + copied;
    }
  }

  /// The digest of all that came. To be called within [#alone].
  String digest() {
    try {
      var digest = Digest.of(hash());
      hash = Optional.empty();
      return digest;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file is gone or somebody else's. To be called within [#alone].
  void end() {
    over = true;
  }

  private MessageDigest hash() throws IOException {
    if (hash.isEmpty()) {
      var made = Digest.sha256();
      if (size > 0) {
        try (var input = Files.newInputStream(file)) {
          var buffer = new byte[BUFFER];
          for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
            made.update(buffer, 0, count);
          }
        }
      }
      hash = Optional.of(made);
    }
    return hash.get();
  }

  private void rewind(long to) {
    try (var channel = FileChannel.open(file, WRITE)) {
      channel.truncate(to);
      size = to;
      hash = Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

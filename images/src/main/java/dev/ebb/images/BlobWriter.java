package dev.ebb.images;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;

/// A blob that arrives in pieces: hashed while it is written, so that it is never read again. What
/// was written outlives the writer, the server and the machine's failure as far as the disk has it;
/// who opens a writer of the same name goes on there.
///
/// ```
/// try (var writer = blobs.writer(name)) {
///   writer.write(bytes);
///   writer.commit(digest, now);
/// }
/// ```
///
/// For one thread at a time; there must be one writer of a name. Partial blobs that nobody touches
/// any more go with [Blobs#retain].
public final class BlobWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;

  private final Blobs blobs;
  private final Path file;
  private final FileChannel channel;
  private final MessageDigest hash = Digest.sha256();
  private long size;

  BlobWriter(Blobs blobs, Path file) throws IOException {
    this.blobs = blobs;
    this.file = file;
    channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      hashWhatIsThere();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// Bytes written so far, those of earlier writers included.
  public long size() {
    return size;
  }

  /// Appends what remains in the buffer.
  public void write(ByteBuffer bytes) throws IOException {
    hash.update(bytes.duplicate());
    long end = size + bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    size = end;
  }

  public void write(byte[] bytes) throws IOException {
    write(ByteBuffer.wrap(bytes));
  }

  /// Forgets what was written.
  public void restart() throws IOException {
    channel.truncate(0);
    channel.position(0);
    hash.reset();
    size = 0;
  }

  /// Makes it a blob, which is on the disk when this returns. The writer is of no use afterwards.
  ///
  /// @throws DigestMismatchException when the bytes are others; they are deleted
  public void commit(String digest, Instant now) throws IOException {
    var actual = Digest.of(hash);
    if (!actual.equals(digest)) {
      discard();
      throw new DigestMismatchException(digest, actual);
    }
    channel.close();
    blobs.adopt(file, digest, now);
  }

  /// Deletes what was written.
  public void discard() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  /// Keeps what was written.
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void hashWhatIsThere() throws IOException {
    var buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (channel.read(buffer) >= 0) {
      hash.update(buffer.flip());
      size += buffer.limit();
      buffer.clear();
    }
  }
}

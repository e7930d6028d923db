package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventRecord.Content;
import dev.ebb.eventing.log.DiskFullException;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventTooLargeException;
import dev.ebb.eventing.log.Upload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A payload on its way: in memory as long as it is small, then in a file, which is durable before
/// the event that names it is written.
final class EmbeddedUpload implements Upload {
  private final LogFiles files;
  private final int inlineBytes;
  private final long maxBytes;
  private final long id;
  private final BiFunction<byte[], Content, CompletableFuture<Long>> append;
  private final CRC32C crc = new CRC32C();
  private ByteArrayOutputStream small = new ByteArrayOutputStream();
  private @Nullable LogFile file;
  private long length;
  private boolean done;

  /// @param id names the file if there will be one; no file ever had it
  /// @param append appends an event with these attributes
  EmbeddedUpload(
      LogFiles files,
      EmbeddedLogSettings settings,
      long id,
      BiFunction<byte[], Content, CompletableFuture<Long>> append) {
    this.files = files;
    inlineBytes = settings.inlineBytes();
    maxBytes = settings.maxPayloadBytes();
    this.id = id;
    this.append = append;
  }

  @Override
  public void write(ByteBuffer piece) {
    requireOpen();
    if (length + piece.remaining() > maxBytes) {
      throw new EventTooLargeException("payload", maxBytes);
    }
    length += piece.remaining();
    try {
      if (length <= inlineBytes) {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        small.writeBytes(bytes);
        return;
      }
      if (file == null) {
        file = files.create(Content.Large.fileName(id));
        put(file, ByteBuffer.wrap(small.toByteArray()), 0);
        small = new ByteArrayOutputStream(0);
      }
      put(file, piece, length - piece.remaining());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void put(LogFile into, ByteBuffer bytes, long position) throws IOException {
    crc.update(bytes.duplicate());
    into.write(bytes, position);
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public CompletableFuture<Long> commit(byte[] attributes) {
    requireOpen();
    if (attributes.length > EmbeddedLogSettings.MAX_ATTRIBUTES) {
      close();
      return CompletableFuture.failedFuture(
          new EventTooLargeException("attributes", EmbeddedLogSettings.MAX_ATTRIBUTES));
    }
    if (file == null) {
      done = true;
      return append.apply(attributes, new Content.Inline(small.toByteArray()));
    }
    try {
      file.sync();
      files.syncDirectory();
    } catch (IOException e) {
      close();
      return CompletableFuture.failedFuture(failed(e));
    }
    done = true;
    file.close();
    Content.Large content = new Content.Large(id, length, (int) crc.getValue());
    CompletableFuture<Long> answer = append.apply(attributes, content);
    return answer.whenComplete((_, failure) -> {
      if (failure != null && isCertainlyNotStored(failure)) {
        delete();
      }
    });
  }

  /// After a failure of the disk the event may be found at the next start after all.
  private static boolean isCertainlyNotStored(Throwable failure) {
    return failure.getClass() != EventLogException.class;
  }

  private void requireOpen() {
    if (done) {
      throw new IllegalStateException("the upload is over");
    }
  }

  private EventLogException failed(IOException e) {
    String where = files.directory() + "/" + Content.Large.fileName(id);
    return e instanceof NoSpaceException
        ? new DiskFullException(where, e)
        : new EventLogException("cannot write " + where + ": " + e, e);
  }

  @Override
  public void close() {
    if (!done) {
      done = true;
      if (file != null) {
        file.close();
        delete();
      }
    }
  }

  /// What cannot be deleted is deleted at the next start, for no event names it.
  private void delete() {
    try {
      files.delete(Content.Large.fileName(id));
    } catch (IOException e) {
      System.getLogger(EmbeddedUpload.class.getName())
          .log(System.Logger.Level.DEBUG, "a payload stays until the next start", e);
    }
  }
}

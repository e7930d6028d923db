package dev.ebb.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// What a program writes to its log from now on, byte by byte, until it has ended: unlike
/// [LogStream] it gives parts of lines, as a prompt is one. One thread reads, any may close.
final class LogTail extends InputStream {
  /// What a user who types waits for an answer without noticing.
  private static final long POLL_MILLIS = 30;

  private final InstanceLog log;
  private final FileChannel channel;
  private final BooleanSupplier live;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long position;

  /// @param live whether the program may still write
  LogTail(InstanceLog log, BooleanSupplier live) throws IOException {
    this.log = log;
    this.live = live;
    channel = FileChannel.open(log.file);
    position = channel.size();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    try {
      while (closed.getCount() > 0) {
        // Asked before the look: what was written before the end is seen by that look.
        boolean ended = !live.getAsBoolean();
        int count = some(ByteBuffer.wrap(into, offset, length));
        if (count > 0) {
          return count;
        }
        if (ended || closed.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return -1;
        }
      }
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private int some(ByteBuffer into) throws IOException {
    if (channel.size() < position) {
      // Begun anew by a file system without holes.
      position = 0;
    }
    // The hole at the head may have overtaken a slow reader.
    position = Math.max(position, log.start());
    int count = channel.read(into, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    channel.close();
  }
}

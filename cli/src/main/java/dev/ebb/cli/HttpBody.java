package dev.ebb.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;

/// The body of a response in one of the framings of RFC 9112 section 6.
abstract class HttpBody extends InputStream {
  final InputStream in;
  private final SocketChannel channel;

  HttpBody(InputStream in, SocketChannel channel) {
    this.in = in;
    this.channel = channel;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] buffer, int offset, int length) throws IOException;

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// A body of known length, or to the end of the connection.
  static final class Sized extends HttpBody {
    private long remaining;

    Sized(InputStream in, long length, SocketChannel channel) {
      super(in, channel);
      this.remaining = length;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (remaining == 0) {
        return -1;
      }
      int count = in.read(buffer, offset, (int) Math.min(length, remaining));
      if (count < 0 && remaining < Long.MAX_VALUE / 2) {
        throw new EOFException("the answer ended early: " + remaining + " bytes are missing");
      }
      remaining -= Math.max(count, 0);
      return count;
    }
  }

  static final class Chunked extends HttpBody {
    private long remaining;
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream in, SocketChannel channel) {
      super(in, channel);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (!ended && remaining == 0) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int count = in.read(buffer, offset, (int) Math.min(length, remaining));
      if (count < 0) {
        throw new EOFException("the answer ended in the middle of a chunk");
      }
      remaining -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      if (!first) {
        HttpClient.readLine(in);
      }
      first = false;
      String size = HttpClient.readLine(in);
      int extension = size.indexOf(';');
      remaining = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      ended = remaining == 0;
    }
  }
}

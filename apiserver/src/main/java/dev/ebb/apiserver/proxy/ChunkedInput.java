package dev.ebb.apiserver.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A body in chunks (RFC 9112, section 7.1), without its trailers.
final class ChunkedInput extends InputStream {
  private static final int MAX_LINE = 8 << 10;

  private final InputStream input;
  private long left;
  private boolean first = true;
  private boolean ended;

  ChunkedInput(InputStream input) {
    this.input = input;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = input.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the response ended in a chunk");
    }
    left -= count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (!first && !HttpLine.read(input, MAX_LINE).isEmpty()) {
      throw new IOException("a chunk is longer than it says");
    }
    first = false;
    String line = HttpLine.read(input, MAX_LINE);
    int semicolon = line.indexOf(';');
    String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
    try {
      left = Long.parseLong(size, 16);
    } catch (NumberFormatException e) {
      left = -1;
    }
    if (left < 0) {
      throw new IOException("malformed size of a chunk: \"" + size + "\"");
    }
    if (left == 0) {
      ended = true;
      int budget = MAX_LINE;
      for (String trailer = HttpLine.read(input, budget);
          !trailer.isEmpty();
          trailer = HttpLine.read(input, budget)) {
        budget -= trailer.length();
      }
    }
  }
}

package dev.ebb.apiserver.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A body in chunks (RFC 9112, section 7.1): each write is one. Closing sends the last one and
/// leaves the connection open.
final class ChunkedOutput extends OutputStream {
  private final OutputStream output;

  ChunkedOutput(OutputStream output) {
    this.output = output;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    output.write(
        ByteBuffer.allocate(size.length + length + 2)
            .put(size)
            .put(bytes, offset, length)
            .put((byte) '\r')
            .put((byte) '\n')
            .array());
  }

  @Override
  public void close() throws IOException {
    output.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }
}

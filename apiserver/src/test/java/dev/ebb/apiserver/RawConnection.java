package dev.ebb.apiserver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Bytes to and from the unix socket, for what no HTTP client would do.
final class RawConnection implements AutoCloseable {
  private final SocketChannel channel;

  RawConnection(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// Reads until the text has come; then it returns all that came.
  String readUntil(String text) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (!all.toString(StandardCharsets.ISO_8859_1).contains(text)) {
      buffer.clear();
      if (channel.read(buffer) < 0) {
        throw new IOException("closed after: " + all.toString(StandardCharsets.ISO_8859_1));
      }
      all.write(buffer.array(), 0, buffer.position());
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /// Reads until the server closes; a reset counts as a close.
  String readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer.clear()) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

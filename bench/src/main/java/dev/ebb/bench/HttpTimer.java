package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One request on a connection of its own, timed to the first byte of its answer.
final class HttpTimer {
  private HttpTimer() {}

  /// @param firstByteMillis from before the connection to the first byte
  record Answer(int status, String body, double firstByteMillis) {}

  static Answer get(URI url) {
    return get(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()), url.getPath());
  }

  static Answer get(Path socket) {
    return get(UnixDomainSocketAddress.of(socket), "/");
  }

  private static Answer get(SocketAddress address, String path) {
    long started = System.nanoTime();
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.write(
          ByteBuffer.wrap(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
      channel.read(buffer);
      double firstByte = (System.nanoTime() - started) / 1e6;
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Until the server closes.
      }
      String text = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        throw new IOException("no answer from " + address + ": " + text);
      }
      return new Answer(
          Integer.parseInt(text.substring(9, 12)), text.substring(head + 4), firstByte);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

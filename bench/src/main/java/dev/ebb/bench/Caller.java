package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Asks one service at the gateway again and again on one connection. The answer must fit into one
/// buffer and have a length.
final class Caller implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;

  private final SocketChannel channel;
  private final byte[] request;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  /// @param body empty unless the answer came with one
  record Answer(int status, String body) {}

  Caller(URI gateway, String host) {
    try {
      channel =
          SocketChannel.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    request =
        "GET / HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host).getBytes(StandardCharsets.US_ASCII);
  }

  Answer call() throws IOException {
    channel.write(ByteBuffer.wrap(request));
    buffer.clear();
    String text = "";
    while (true) {
      int head = text.indexOf("\r\n\r\n");
      if (head >= 0 && text.length() >= head + 4 + length(text.substring(0, head))) {
        return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(head + 4));
      }
      if (channel.read(buffer) < 0) {
        throw new IOException("the gateway ended the connection after: " + text);
      }
      text = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
    }
  }

  private static int length(String head) throws IOException {
    for (String line : head.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    throw new IOException("an answer without a length: " + head);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

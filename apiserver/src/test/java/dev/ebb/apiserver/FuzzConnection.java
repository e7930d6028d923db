package dev.ebb.apiserver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// HTTP/1.1 over the unix socket, by hand: it sends what no HTTP client would.
final class FuzzConnection implements AutoCloseable {
  /// @param body empty for a stream, of which nothing but the head is read
  record Response(int code, Map<String, String> headers, String body, boolean streamed) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final SocketChannel channel;
  private final InputStream input;

  FuzzConnection(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    input = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
  }

  /// @throws IOException when the server closes without an answer
  Response exchange(FuzzRequest request) throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(request.bytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      // Refused before all of it was sent: the answer is there all the same.
    }
    String[] head = head().split("\r\n", -1);
    if (!head[0].startsWith("HTTP/1.1 ")) {
      throw new IOException("the answer before was longer than it said, for here is: " + head[0]);
    }
    int code = Integer.parseInt(head[0].split(" ", 3)[1]);
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      if (colon > 0) {
        String name = head[i].substring(0, colon).toLowerCase(Locale.ROOT);
        headers.put(name, head[i].substring(colon + 1).strip());
      }
    }
    boolean streamed = headers.getOrDefault("transfer-encoding", "").equals("chunked");
    boolean bodiless = request.method().equals("HEAD") || code == 204 || code == 304;
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = bodiless || streamed ? new byte[0] : input.readNBytes(length);
    return new Response(code, headers, new String(body, StandardCharsets.UTF_8), streamed);
  }

  private String head() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int b = input.read();
      if (b < 0) {
        throw new IOException("closed after: " + head.toString(StandardCharsets.ISO_8859_1));
      }
      head.write(b);
      matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

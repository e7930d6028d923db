package dev.ebb.apiserver.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One request over a connection of its own, in HTTP/1.1. Blocking; one thread may write the body
/// while another reads the response. Closing from any thread ends both.
///
/// The JDK's client knows no unix sockets, on which instances listen.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
final class Upstream implements AutoCloseable {
  private static final int MAX_HEAD = 64 << 10;

  private final SocketChannel channel;
  private final InputStream input;
  private final OutputStream output;

  /// @throws IOException when nobody listens there
  Upstream(SocketAddress address) throws IOException {
    this.channel = SocketChannel.open(address);
    this.input = new BufferedInputStream(Channels.newInputStream(channel), 16 << 10);
    this.output = Channels.newOutputStream(channel);
  }

  /// @param headers names in lower case
  /// @param length of the body that follows; -1 when it is not said
  record Response(int status, Map<String, List<String>> headers, long length) {
    String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }

    boolean chunked() {
      return header("transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked");
    }
  }

  void sendHead(String method, String target, Map<String, List<String>> headers)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    headers.forEach((name, values) -> {
      for (String value : values) {
        head.append(name).append(": ").append(value).append("\r\n");
      }
    });
    output.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Where the body goes: as it is, or in chunks; then it must be closed.
  OutputStream body(boolean chunked) {
    return chunked ? new ChunkedOutput(output) : output;
  }

  /// The head of the final response; interim ones are left out, but for 101.
  Response response() throws IOException {
    Response response;
    do {
      response = head();
    } while (response.status() < 200 && response.status() != 101);
    return response;
  }

  /// The body of a response that has one.
  InputStream body(Response response) throws IOException {
    if (response.chunked()) {
      return new ChunkedInput(input);
    }
    long length = response.length();
    return length < 0 ? input : new FixedInput(input, length);
  }

  /// The connection after 101.
  InputStream rawInput() {
    return input;
  }

  OutputStream rawOutput() {
    return output;
  }

  /// Says that nothing more is sent.
  void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Response head() throws IOException {
    int left = MAX_HEAD;
    String line = line(left);
    left -= line.length();
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5]\\d\\d")) {
      throw new IOException("malformed HTTP response \"" + line + "\"");
    }
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (line = line(left); !line.isEmpty(); line = line(left)) {
      left -= line.length();
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("malformed HTTP header \"" + line + "\"");
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return new Response(Integer.parseInt(words[1]), headers, length(headers));
  }

  private static long length(Map<String, List<String>> headers) throws IOException {
    List<String> values = headers.getOrDefault("content-length", List.of());
    if (values.isEmpty()) {
      return -1;
    }
    if (values.size() > 1 || !values.getFirst().matches("\\d{1,18}")) {
      throw new IOException("malformed Content-Length " + values);
    }
    return Long.parseLong(values.getFirst());
  }

  private String line(int limit) throws IOException {
    return HttpLine.read(input, limit);
  }

  /// A body of known length.
  private static final class FixedInput extends InputStream {
    private final InputStream input;
    private long left;

    FixedInput(InputStream input, long length) {
      this.input = input;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = input.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the response ended %d bytes early".formatted(left));
      }
      left -= count;
      return count;
    }
  }
}

package dev.ebb.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A small HTTP/1.1 client (RFC 9112) over a unix or TCP socket: one connection per request.
///
/// The JDK's client has no unix sockets, and loading it costs a command more than the request does.
public final class HttpClient {
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  /// @param headers of the request, with names as they are sent
  @SuppressWarnings("ArrayRecordComponent") // requests are sent, never compared
  public record Request(
      String method, String target, String host, Map<String, String> headers, byte[] body) {}

  /// @param body ends where the message ends; closing it closes the connection
  public record Response(int status, Map<String, List<String>> headers, InputStream body)
      implements AutoCloseable {
    public String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  private HttpClient() {}

  /// Sends a request and returns when the head of the response is there.
  public static Response send(SocketAddress server, Request request) throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    try {
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 16 * 1024);
      try {
        write(channel, ByteBuffer.wrap(head(request)), ByteBuffer.wrap(request.body()));
      } catch (IOException e) {
        return earlyAnswer(request, in, channel, e);
      }
      return read(request, in, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Sends a request whose body is of any length, in constant memory.
  ///
  /// @param request whose own body is not sent
  /// @param length of the body in bytes; -1 when it is not known, and sent in chunks then
  public static Response upload(
      SocketAddress server, Request request, InputStream body, long length) throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    try {
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 16 * 1024);
      try {
        String framing = length < 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
        write(channel, ByteBuffer.wrap(head(request, framing)), ByteBuffer.allocate(0));
        send(channel, body, length);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        return earlyAnswer(request, in, channel, e);
      }
      return read(request, in, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void send(SocketChannel channel, InputStream body, long length)
      throws IOException {
    byte[] buffer = new byte[256 * 1024];
    long sent = 0;
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      ByteBuffer part = ByteBuffer.wrap(buffer, 0, count);
      if (length < 0) {
        write(channel, chunk(Integer.toHexString(count) + "\r\n"), part);
        write(channel, chunk("\r\n"), ByteBuffer.allocate(0));
      } else {
        sent += count;
        if (sent > length) {
          throw new CliException("the file grew while it was sent");
        }
        write(channel, part, ByteBuffer.allocate(0));
      }
    }
    if (length < 0) {
      write(channel, chunk("0\r\n\r\n"), ByteBuffer.allocate(0));
    } else if (sent < length) {
      throw new CliException("the file shrank while it was sent");
    }
  }

  private static ByteBuffer chunk(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void write(SocketChannel channel, ByteBuffer... buffers) throws IOException {
    while (buffers[buffers.length - 1].hasRemaining() || buffers[0].hasRemaining()) {
      channel.write(buffers);
    }
  }

  /// A server may answer and close before it has read the whole body (RFC 9112 section 9.6): its
  /// answer, such as 413, says more than the broken pipe.
  private static Response earlyAnswer(
      Request request, InputStream in, SocketChannel channel, IOException broken)
      throws IOException {
    try {
      return read(request, in, channel);
    } catch (IOException e) {
      broken.addSuppressed(e);
      throw broken;
    }
  }

  private static byte[] head(Request request) {
    boolean hasBody = request.body().length > 0 || !request.method().equals("GET");
    return head(request, hasBody ? "Content-Length: " + request.body().length : "");
  }

  /// @param framing header that says how long the body is; empty when there is none
  private static byte[] head(Request request, String framing) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", request.host());
    headers.putAll(request.headers());
    headers.put("Connection", "close");
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    headers.forEach((name, value) -> {
      if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
        throw new CliException("the header " + name + " has a line break in its value");
      }
      head.append(name).append(": ").append(value).append("\r\n");
    });
    if (!framing.isEmpty()) {
      head.append(framing).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Response read(Request request, InputStream in, SocketChannel channel)
      throws IOException {
    int status;
    Map<String, List<String>> headers;
    do {
      String[] line = readLine(in).split(" ", 3);
      if (line.length < 2 || !line[0].startsWith("HTTP/1.")) {
        throw new IOException("the answer is not HTTP/1.1");
      }
      status = Integer.parseInt(line[1]);
      headers = readHeaders(in);
    } while (status >= 100 && status < 200);
    InputStream body;
    String encoding = headers.getOrDefault("transfer-encoding", List.of("")).getFirst();
    String length = headers.getOrDefault("content-length", List.of("")).getFirst();
    if (request.method().equals("HEAD") || status == 204 || status == 304) {
      body = new HttpBody.Sized(in, 0, channel);
    } else if (encoding.toLowerCase(Locale.ROOT).contains("chunked")) {
      body = new HttpBody.Chunked(in, channel);
    } else if (!length.isEmpty()) {
      body = new HttpBody.Sized(in, Long.parseLong(length), channel);
    } else {
      body = new HttpBody.Sized(in, Long.MAX_VALUE, channel);
    }
    return new Response(status, headers, body);
  }

  private static Map<String, List<String>> readHeaders(InputStream in) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.merge(
            line.substring(0, colon).toLowerCase(Locale.ROOT),
            List.of(line.substring(colon + 1).strip()),
            (old, more) -> java.util.stream.Stream.concat(old.stream(), more.stream()).toList());
      }
    }
    return headers;
  }

  static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (line.size() > MAX_HEAD_BYTES) {
        throw new IOException("a line of the answer's head is longer than 64 KiB");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}

package dev.ebb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// One connection that speaks HTTP/1.1 (RFC 9112) as a client, one exchange after the other. It
/// blocks, which costs a virtual thread nothing, and does little else: `java.net.http` takes three
/// times the processor time for a small exchange, and does not connect to an address that was
/// checked before. For one thread at a time.
final class HttpWire implements Closeable {
  private static final int BUFFER = 8 * 1024;

  /// Of a response: status line and headers.
  private static final int MAX_HEAD = 256 * 1024;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("[0-9a-fA-F]{1,15}");

  private static final int SWITCHING = 101;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private int next;
  private int end;
  private boolean reusable = true;
  private boolean heard;

  HttpWire(Socket socket) throws IOException {
    this.socket = socket;
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /// @param headers names in lower case
  record Head(int status, Map<String, List<String>> headers) {
    boolean has(String name, String token) {
      return headers.getOrDefault(name, List.of()).stream()
          .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(token));
    }
  }

  /// Whether anything came since the last request was sent.
  boolean heard() {
    return heard;
  }

  /// Whether another exchange may follow, when the body of this one's response was read.
  boolean isReusable() {
    return reusable;
  }

  /// @param milliseconds that a read may wait; 0 for ever
  void patience(int milliseconds) throws IOException {
    socket.setSoTimeout(milliseconds);
  }

  /// @param head request line and headers, with the empty line
  /// @param small the body when it is in memory
  void send(StringBuilder head, byte[] small) throws IOException {
    heard = false;
    byte[] bytes = head.toString().getBytes(ISO_8859_1);
    byte[] whole = new byte[bytes.length + small.length];
    System.arraycopy(bytes, 0, whole, 0, bytes.length);
    System.arraycopy(small, 0, whole, bytes.length, small.length);
    out.write(whole);
  }

  /// More of the body.
  void send(InputStream body) throws IOException {
    body.transferTo(out);
  }

  /// The head of the final response.
  Head readHead() throws IOException {
    while (true) {
      String line = line();
      if (!STATUS.matcher(line).matches()) {
        throw new ProtocolException("no HTTP response: " + line);
      }
      int status = Integer.parseInt(line.substring(9, 12));
      Map<String, List<String>> headers = readHeaders();
      if (status == SWITCHING) {
        throw new ProtocolException("another protocol was not asked for");
      }
      if (status >= 200) {
        Head head = new Head(status, headers);
        reusable = line.startsWith("HTTP/1.1") && !head.has("connection", "close");
        return head;
      }
    }
  }

  private Map<String, List<String>> readHeaders() throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    int size = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      size += line.length();
      int colon = line.indexOf(':');
      if (colon < 1 || size > MAX_HEAD) {
        throw new ProtocolException("bad headers");
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  /// The body of the response, which ends where it says.
  ///
  /// @param method of the request
  InputStream body(Head head, String method) throws IOException {
    if (method.equals("HEAD") || head.status() == NO_CONTENT || head.status() == NOT_MODIFIED) {
      return new Length(0);
    }
    if (head.headers().containsKey("transfer-encoding")) {
      if (!head.has("transfer-encoding", "chunked")) {
        throw new ProtocolException("unknown Transfer-Encoding");
      }
      return new Chunks();
    }
    List<String> lengths = head.headers().getOrDefault("content-length", List.of());
    if (lengths.isEmpty()) {
      reusable = false;
      return new Rest();
    }
    if (!LENGTH.matcher(lengths.getFirst()).matches()) {
      throw new ProtocolException("bad Content-Length");
    }
    return new Length(Long.parseLong(lengths.getFirst()));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      for (int at = next; at < end; at++) {
        if (buffer[at] == '\n') {
          line.append(new String(buffer, next, at - next, ISO_8859_1));
          next = at + 1;
          int length = line.length();
          if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
          }
          return line.toString();
        }
      }
      line.append(new String(buffer, next, end - next, ISO_8859_1));
      if (line.length() > MAX_HEAD) {
        throw new ProtocolException("a line is too long");
      }
      if (!fill()) {
        throw new EOFException("the connection ended before the response");
      }
    }
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer, 0, BUFFER));
    heard |= end > 0;
    return end > 0;
  }

  /// What is in the buffer, else directly.
  private int take(byte[] target, int from, int count) throws IOException {
    if (next == end) {
      if (count >= BUFFER) {
        return in.read(target, from, count);
      }
      if (!fill()) {
        return -1;
      }
    }
    int taken = Math.min(count, end - next);
    System.arraycopy(buffer, next, target, from, taken);
    next += taken;
    return taken;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  abstract static class Body extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] target, int from, int count) throws IOException;
  }

  /// Until the connection ends.
  private final class Rest extends Body {
    @Override
    public int read(byte[] target, int from, int count) throws IOException {
      return count == 0 ? 0 : take(target, from, count);
    }
  }

  /// As long as was said.
  class Length extends Body {
    long left;

    Length(long length) {
      left = length;
    }

    @Override
    public int read(byte[] target, int from, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      int taken = take(target, from, (int) Math.min(count, left));
      if (taken < 0) {
        throw new EOFException("the response ended before it was whole");
      }
      left -= taken;
      return taken;
    }
  }

  /// RFC 9112, section 7.1. Trailers are read and dropped.
  private final class Chunks extends Length {
    private boolean first = true;
    private boolean last;

    Chunks() {
      super(0);
    }

    @Override
    public int read(byte[] target, int from, int count) throws IOException {
      if (count > 0 && left == 0 && !last) {
        begin();
      }
      return count > 0 && last ? -1 : super.read(target, from, count);
    }

    private void begin() throws IOException {
      if (!first && !line().isEmpty()) {
        throw new ProtocolException("a chunk is longer than it said");
      }
      first = false;
      String size = line().split(";", 2)[0].strip();
      if (!CHUNK.matcher(size).matches()) {
        throw new ProtocolException("bad chunk");
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        last = true;
        readHeaders();
      }
    }
  }
}

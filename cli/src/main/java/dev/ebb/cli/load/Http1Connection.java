package dev.ebb.cli.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A connection of HTTP/1.1 (RFC 9112).
final class Http1Connection implements LoadConnection {
  private static final int MAX_LINE = 64 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] request;
  private final byte[] buffer = new byte[8 * 1024];
  private int position;
  private int limit;
  private boolean reusable = true;

  private Http1Connection(Socket socket, byte[] request) throws IOException {
    this.socket = socket;
    this.request = request;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  static Http1Connection open(LoadPlan plan) throws IOException {
    return new Http1Connection(plan.server().connect("http/1.1"), plan.request().http1());
  }

  @Override
  public boolean reusable() {
    return reusable;
  }

  @Override
  public int exchange() throws IOException {
    reusable = false; // until the answer is over
    out.write(request);
    boolean kept;
    boolean chunked;
    long length;
    int status;
    do {
      String line = line();
      status = status(line);
      kept = line.startsWith("HTTP/1.1");
      chunked = false;
      length = -1;
      for (String header = line(); !header.isEmpty(); header = line()) {
        String field = header.toLowerCase(Locale.ROOT);
        if (field.startsWith("content-length:")) {
          length = number(field.substring(15).strip(), 10);
        } else if (field.startsWith("transfer-encoding:")) {
          chunked = field.endsWith("chunked");
        } else if (field.startsWith("connection:")) {
          kept = !field.contains("close");
        }
      }
    } while (status < 200);
    if (status == 204 || status == 304) {
      length = 0;
    } else if (chunked) {
      skipChunks();
      length = 0;
    }
    if (length < 0) {
      skipToEnd();
    } else {
      skip(length);
      reusable = kept;
    }
    return status;
  }

  private static int status(String line) throws IOException {
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("an answer is not HTTP/1.1");
    }
    return (int) number(line.substring(9, 12), 10);
  }

  private static long number(String text, int radix) throws IOException {
    try {
      return Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("an answer has no number where one belongs", e);
    }
  }

  private void skipChunks() throws IOException {
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      long length = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      if (length == 0) {
        break;
      }
      skip(length);
      line();
    }
    String trailer = line();
    while (!trailer.isEmpty()) {
      trailer = line();
    }
  }

  private void skip(long length) throws IOException {
    for (long left = length; left > 0; ) {
      if (position == limit) {
        fill();
      }
      int part = (int) Math.min(left, limit - position);
      position += part;
      left -= part;
    }
  }

  private void skipToEnd() throws IOException {
    position = limit;
    while (in.read(buffer) >= 0) {
      // What is read counts as answered when it is over.
    }
  }

  /// Without its end.
  private String line() throws IOException {
    StringBuilder longer = new StringBuilder();
    while (longer.length() < MAX_LINE) {
      if (position == limit) {
        fill();
      }
      int begin = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      longer.append(new String(buffer, begin, position - begin, StandardCharsets.ISO_8859_1));
      if (position < limit) {
        position++;
        int end = longer.length() - 1;
        return end >= 0 && longer.charAt(end) == '\r'
            ? longer.substring(0, end)
            : longer.toString();
      }
    }
    throw new IOException("a line of an answer's head is longer than 64 KiB");
  }

  private void fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    if (limit == 0) {
      throw new EOFException("the connection was closed before the answer was over");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

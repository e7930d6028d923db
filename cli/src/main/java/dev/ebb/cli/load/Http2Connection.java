package dev.ebb.cli.load;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A connection of HTTP/2 (RFC 9113) with one stream at a time, as each connection of a load has
/// one request at a time.
final class Http2Connection implements LoadConnection {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 32;

  private static final int NO_ERROR = 0;

  private static final int HEADER_TABLE_SIZE = 1;
  private static final int ENABLE_PUSH = 2;
  private static final int INITIAL_WINDOW_SIZE = 4;

  /// What every server takes in one frame, and sends.
  private static final int MAX_FRAME = 16_384;

  private static final int DEFAULT_WINDOW = 65_535;
  private static final int MAX_WINDOW = Integer.MAX_VALUE;

  /// So many streams can be opened; then a new connection is.
  private static final int LAST_STREAM = Integer.MAX_VALUE - 2;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final byte[] headers;
  private final byte[] body;

  private int stream = -1;
  private boolean reusable = true;

  // What the server takes of bodies, on the connection and on a stream.
  private int initialWindow = DEFAULT_WINDOW;
  private long connectionWindow = DEFAULT_WINDOW;
  private long streamWindow;

  /// What was read since the server was last told that it may send more.
  private int untold;

  private int status;
  private boolean over;

  private Http2Connection(Socket socket, byte[] headers, byte[] body) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out =
        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 2 * MAX_FRAME));
    this.headers = headers;
    this.body = body;
  }

  static Http2Connection open(LoadPlan plan) throws IOException {
    byte[] headers = Http2Headers.of(plan.request(), plan.server().tls().isPresent());
    if (headers.length > MAX_FRAME) {
      throw new IOException("the headers of the request are longer than 16 KiB");
    }
    Http2Connection connection =
        new Http2Connection(plan.server().connect("h2"), headers, plan.request().body());
    connection.greet();
    return connection;
  }

  private void greet() throws IOException {
    out.write(PREFACE);
    frame(18, SETTINGS, 0, 0);
    setting(HEADER_TABLE_SIZE, 0);
    setting(ENABLE_PUSH, 0);
    setting(INITIAL_WINDOW_SIZE, MAX_WINDOW);
    allow(0, MAX_WINDOW - DEFAULT_WINDOW);
    out.flush();
  }

  private void setting(int name, int value) throws IOException {
    out.writeShort(name);
    out.writeInt(value);
  }

  @Override
  public boolean reusable() {
    return reusable && stream < LAST_STREAM;
  }

  @Override
  public int exchange() throws IOException {
    stream += 2;
    streamWindow = initialWindow;
    status = 0;
    over = false;
    frame(headers.length, HEADERS, END_HEADERS | (body.length == 0 ? END_STREAM : 0), stream);
    out.write(headers);
    int sent = 0;
    while (sent < body.length && !over) {
      int part = (int) Math.min(Math.min(body.length - sent, MAX_FRAME), window());
      if (part <= 0) {
        out.flush();
        read();
      } else {
        frame(part, DATA, sent + part == body.length ? END_STREAM : 0, stream);
        out.write(body, sent, part);
        sent += part;
        connectionWindow -= part;
        streamWindow -= part;
      }
    }
    if (sent < body.length) { // The answer came first; the server need not wait for the rest.
      frame(4, RST_STREAM, 0, stream);
      out.writeInt(NO_ERROR);
    }
    out.flush();
    while (!over || in.available() > 0) {
      read(); // What comes behind the answer may be that the server goes.
    }
    return status;
  }

  private long window() {
    return Math.min(connectionWindow, streamWindow);
  }

  private void frame(int length, int type, int flags, int id) throws IOException {
    out.writeInt((length << 8) | type);
    out.writeByte(flags);
    out.writeInt(id);
  }

  /// The server may send so much more on a stream, or on the connection, which is 0.
  private void allow(int id, int bytes) throws IOException {
    frame(4, WINDOW_UPDATE, 0, id);
    out.writeInt(bytes);
  }

  private void read() throws IOException {
    int start = in.readInt();
    int type = start & 0xff;
    int flags = in.readUnsignedByte();
    int id = in.readInt() & Integer.MAX_VALUE;
    int length = start >>> 8;
    if (length > MAX_FRAME) {
      throw new IOException("an answer is not HTTP/2");
    }
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException();
    }
    switch (type) {
      case DATA -> data(flags, id, length);
      case HEADERS -> headers(flags, id, payload);
      case RST_STREAM -> reset(id, number(payload, 0));
      case SETTINGS -> settings(flags, payload);
      case PING -> ping(flags, payload);
      case GOAWAY -> goAway(number(payload, 0), number(payload, 4));
      case WINDOW_UPDATE -> {
        if (id == 0) {
          connectionWindow += number(payload, 0);
        } else if (id == stream) {
          streamWindow += number(payload, 0);
        }
      }
      default -> {} // What is not known is passed over (RFC 9113, section 4.1).
    }
  }

  private void data(int flags, int id, int length) throws IOException {
    over |= id == stream && (flags & END_STREAM) != 0;
    untold += length;
    if (untold > MAX_WINDOW / 2) {
      allow(0, untold);
      if (id == stream && !over) {
        allow(id, untold);
      }
      out.flush();
      untold = 0;
    }
  }

  private void headers(int flags, int id, byte[] payload) throws IOException {
    int begin = ((flags & PADDED) != 0 ? 1 : 0) + ((flags & PRIORITY) != 0 ? 5 : 0);
    int end = payload.length - ((flags & PADDED) != 0 ? payload[0] & 0xff : 0);
    if (begin > end) {
      throw new IOException("an answer is not HTTP/2");
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(payload, begin, end - begin);
    boolean more = (flags & END_HEADERS) == 0;
    while (more) {
      int start = in.readInt();
      more = (in.readUnsignedByte() & END_HEADERS) == 0;
      in.readInt();
      if ((start & 0xff) != CONTINUATION || start >>> 8 > MAX_FRAME) {
        throw new IOException("an answer is not HTTP/2");
      }
      block.write(in.readNBytes(start >>> 8));
    }
    if (id == stream) {
      if (status < 200) { // else these are trailers
        status = Http2Headers.status(block.toByteArray());
      }
      over |= (flags & END_STREAM) != 0;
    }
  }

  /// After the answer: the server does not want the rest of the request (RFC 9113, section 8.1).
  private void reset(int id, int code) throws IOException {
    if (id == stream && !over) {
      throw new IOException("the server reset the stream with error " + code);
    }
  }

  private void settings(int flags, byte[] payload) throws IOException {
    if ((flags & ACK) != 0) {
      return;
    }
    for (int at = 0; at + 6 <= payload.length; at += 6) {
      int name = ((payload[at] & 0xff) << 8) | (payload[at + 1] & 0xff);
      if (name == INITIAL_WINDOW_SIZE) {
        int window = number(payload, at + 2);
        streamWindow += (long) window - initialWindow;
        initialWindow = window;
      }
    }
    frame(0, SETTINGS, ACK, 0);
    out.flush();
  }

  private void ping(int flags, byte[] payload) throws IOException {
    if ((flags & ACK) == 0) {
      frame(payload.length, PING, ACK, 0);
      out.write(payload);
      out.flush();
    }
  }

  private void goAway(int last, int code) throws IOException {
    reusable = false;
    if (code != NO_ERROR || last < stream) {
      throw new IOException("the server went away with error " + code);
    }
  }

  private static int number(byte[] payload, int at) throws IOException {
    if (payload.length < at + 4) {
      throw new IOException("an answer is not HTTP/2");
    }
    return ByteBuffer.wrap(payload, at, 4).getInt() & Integer.MAX_VALUE;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package dev.ebb.apiserver.websocket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// The server's side of a WebSocket, after the handshake. One thread reads, any may write.
///
/// Messages are read in pieces, so their length is not limited and costs no memory. Pings are
/// answered by whoever reads.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455</a>
public final class WebSocket {
  /// The largest piece of a message that is read at once.
  static final int PIECE = 16 << 10;

  private static final int NORMAL = 1000;
  private static final int PROTOCOL_ERROR = 1002;

  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private static final int MAX_CONTROL = 125;

  private final InputStream input;
  private final OutputStream output;
  private final Lock lock = new ReentrantLock();
  private boolean closeSent;

  // Of the frame and message that are being read.
  private byte[] mask = new byte[4];
  private long left;
  private long position;
  private boolean lastFrame = true;
  private boolean inMessage;
  private boolean first;

  public WebSocket(InputStream input, OutputStream output) {
    this.input = input;
    this.output = output;
  }

  /// A part of a message, of at most [#PIECE] bytes; may have none.
  public static final class Piece {
    private final boolean first;
    private final boolean last;
    private final byte[] bytes;

    private Piece(boolean first, boolean last, byte[] bytes) {
      this.first = first;
      this.last = last;
      this.bytes = bytes;
    }

    /// Whether a message begins with it.
    public boolean first() {
      return first;
    }

    /// Whether the message ends with it.
    public boolean last() {
      return last;
    }

    /// Belongs to the caller.
    public byte[] bytes() {
      return bytes;
    }
  }

  /// Empty when the client has closed in order. What breaks the rules is answered with a close
  /// frame of code 1002.
  ///
  /// @throws IOException also when the client broke the rules
  public Optional<Piece> read() throws IOException {
    try {
      return next();
    } catch (WebSocketException e) {
      close(e.code(), String.valueOf(e.getMessage()));
      throw e;
    }
  }

  public void writeBinary(byte[] bytes, int offset, int length) throws IOException {
    write(BINARY, bytes, offset, length);
  }

  public void writeText(String text) throws IOException {
    writeText(text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param utf8 the text
  public void writeText(byte[] utf8) throws IOException {
    write(TEXT, utf8, 0, utf8.length);
  }

  /// Finds out whether the client is there: this fails at the latest the second time when it is
  /// not.
  public void ping() throws IOException {
    write(PING, new byte[0], 0, 0);
  }

  /// Says that nothing more will be written. Idempotent.
  public void close() throws IOException {
    close(NORMAL, "");
  }

  private Optional<Piece> next() throws IOException {
    while (left == 0) {
      int opcode = frame();
      if (opcode == CLOSE) {
        return Optional.empty();
      }
      if (opcode <= BINARY && left == 0) {
        // An empty frame of a message is a piece too: it may begin or end the message.
        return Optional.of(piece(new byte[0]));
      }
    }
    byte[] bytes = input.readNBytes((int) Math.min(left, PIECE));
    if (bytes.length == 0) {
      throw new EOFException("the input ends in a frame");
    }
    unmask(bytes);
    left -= bytes.length;
    return Optional.of(piece(bytes));
  }

  private Piece piece(byte[] bytes) {
    boolean last = left == 0 && lastFrame;
    Piece piece = new Piece(first, last, bytes);
    first = false;
    inMessage = !last;
    return piece;
  }

  /// Reads the head of a frame, and all of it when it is a control frame.
  ///
  /// @return its opcode
  private int frame() throws IOException {
    int head = input.read();
    if (head < 0) {
      throw new EOFException("the connection ended without a close frame");
    }
    int second = octet();
    int opcode = head & 0xf;
    boolean fin = (head & 0x80) != 0;
    if ((head & 0x70) != 0) {
      throw new WebSocketException(PROTOCOL_ERROR, "reserved bits are set");
    }
    if ((second & 0x80) == 0) {
      throw new WebSocketException(PROTOCOL_ERROR, "a frame that is not masked");
    }
    long length = length(second & 0x7f);
    readMask();
    switch (opcode) {
      case CONTINUATION, TEXT, BINARY -> {
        if (inMessage != (opcode == CONTINUATION)) {
          throw new WebSocketException(PROTOCOL_ERROR, "frames of a message in a wrong order");
        }
        if (opcode != CONTINUATION) {
          first = true;
          inMessage = true;
        }
        lastFrame = fin;
        left = length;
        position = 0;
      }
      case CLOSE, PING, PONG -> control(opcode, fin, length);
      default -> throw new WebSocketException(PROTOCOL_ERROR, "an unknown kind of frame");
    }
    return opcode;
  }

  private void control(int opcode, boolean fin, long length) throws IOException {
    if (!fin || length > MAX_CONTROL) {
      throw new WebSocketException(PROTOCOL_ERROR, "a control frame in pieces, or too long");
    }
    byte[] bytes = input.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException("the input ends in a frame");
    }
    position = 0;
    unmask(bytes);
    switch (opcode) {
      case PING -> write(PONG, bytes, 0, bytes.length);
      case CLOSE -> {
        if (length == 1) {
          throw new WebSocketException(PROTOCOL_ERROR, "a close frame with half a code");
        }
        close(NORMAL, "");
      }
      default -> {
        // An answer to nothing is allowed, and means nothing.
      }
    }
  }

  private long length(int field) throws IOException {
    if (field < 126) {
      return field;
    }
    int octets = field == 126 ? 2 : 8;
    long length = 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | octet();
    }
    if (length < 0 || length < (field == 126 ? 126 : 1 << 16)) {
      throw new WebSocketException(PROTOCOL_ERROR, "a length in a wrong form");
    }
    return length;
  }

  private void readMask() throws IOException {
    mask = input.readNBytes(4);
    if (mask.length < 4) {
      throw new EOFException("the input ends in a frame");
    }
  }

  private int octet() throws IOException {
    int octet = input.read();
    if (octet < 0) {
      throw new EOFException("the input ends in a frame");
    }
    return octet;
  }

  private void unmask(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= mask[(int) (position + i & 3)];
    }
    position += bytes.length;
  }

  private void close(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] body = ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
    lock.lock();
    try {
      if (!closeSent) {
        write(CLOSE, body, 0, body.length);
        closeSent = true;
      }
    } finally {
      lock.unlock();
    }
  }

  private void write(int opcode, byte[] bytes, int offset, int length) throws IOException {
    int extra = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
    ByteBuffer frame = ByteBuffer.allocate(2 + extra + length);
    frame.put((byte) (0x80 | opcode));
    switch (extra) {
      case 0 -> frame.put((byte) length);
      case 2 -> frame.put((byte) 126).putShort((short) length);
      default -> frame.put((byte) 127).putLong(length);
    }
    frame.put(bytes, offset, length);
    lock.lock();
    try {
      if (closeSent) {
        throw new IOException("the WebSocket was closed");
      }
      output.write(frame.array());
    } finally {
      lock.unlock();
    }
  }
}

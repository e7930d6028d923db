package dev.ebb.apiserver.spdy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/// Reads frames. Belongs to one thread.
final class SpdyReader {
  /// The longest control frame; those that Kubernetes' clients send have less than 200 bytes.
  static final int MAX_CONTROL = 16 << 10;

  private static final int HEAD = 8;
  private static final int VERSION = 3;
  private static final int FIN = 1;
  private static final int MAX_SETTINGS = 100;
  private static final int INITIAL_WINDOW = 7;

  private final InputStream input;
  private final SpdyHeaders headers;

  SpdyReader(InputStream input, SpdyHeaders headers) {
    this.input = input;
    this.headers = headers;
  }

  /// @return empty at the end of the input, which may be only between frames
  /// @throws SpdyException when it is no frame
  /// @throws EOFException when the input ends in the middle
  Optional<SpdyFrame> next() throws IOException {
    byte[] head = input.readNBytes(HEAD);
    if (head.length == 0) {
      return Optional.empty();
    }
    if (head.length < HEAD) {
      throw new EOFException("the input ends in a frame");
    }
    ByteBuffer fields = ByteBuffer.wrap(head);
    int first = fields.getInt();
    int second = fields.getInt();
    int flags = second >>> 24;
    int length = second & 0xffffff;
    if (first >= 0) {
      return Optional.of(new SpdyFrame.Data(stream(first), (flags & FIN) != 0, length));
    }
    int version = first >>> 16 & 0x7fff;
    if (version != VERSION) {
      throw new SpdyException("a frame of version " + version);
    }
    if (length > MAX_CONTROL) {
      throw new SpdyException("a control frame of %d bytes".formatted(length));
    }
    byte[] body = input.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the input ends in a frame");
    }
    return Optional.of(control(first & 0xffff, (flags & FIN) != 0, ByteBuffer.wrap(body)));
  }

  private SpdyFrame control(int type, boolean fin, ByteBuffer body) throws SpdyException {
    return switch (type) {
      case 1 -> {
        require(body, 10);
        int stream = stream(body.getInt());
        body.position(10); // The associated stream, priority and slot mean nothing here.
        yield new SpdyFrame.SynStream(stream, fin, headers(body));
      }
      case 2 -> {
        require(body, 4);
        yield new SpdyFrame.SynReply(stream(body.getInt()), fin, headers(body));
      }
      case 3 -> {
        requireExactly(body, 8);
        yield new SpdyFrame.RstStream(stream(body.getInt()), body.getInt());
      }
      case 4 -> settings(body);
      case 6 -> {
        requireExactly(body, 4);
        yield new SpdyFrame.Ping(body.getInt());
      }
      case 7 -> {
        requireExactly(body, 8);
        yield new SpdyFrame.GoAway(body.getInt() & Integer.MAX_VALUE, body.getInt());
      }
      case 8 -> {
        require(body, 4);
        yield new SpdyFrame.Headers(stream(body.getInt()), fin, headers(body));
      }
      case 9 -> {
        requireExactly(body, 8);
        int stream = body.getInt() & Integer.MAX_VALUE;
        int delta = body.getInt() & Integer.MAX_VALUE;
        if (delta == 0) {
          throw new SpdyException("a window that grows by nothing");
        }
        yield new SpdyFrame.WindowUpdate(stream, delta);
      }
      default -> new SpdyFrame.Unknown(type);
    };
  }

  private static SpdyFrame settings(ByteBuffer body) throws SpdyException {
    require(body, 4);
    int count = body.getInt();
    if (count < 0 || count > MAX_SETTINGS || body.remaining() != count * 8) {
      throw new SpdyException("settings of a wrong length");
    }
    long window = -1;
    for (int i = 0; i < count; i++) {
      int id = body.getInt() & 0xffffff;
      int value = body.getInt();
      if (id == INITIAL_WINDOW) {
        if (value < 0) {
          throw new SpdyException("a window of more than 2 GiB");
        }
        window = value;
      }
    }
    return new SpdyFrame.Settings(window);
  }

  private Map<String, String> headers(ByteBuffer body) throws SpdyException {
    byte[] block = new byte[body.remaining()];
    body.get(block);
    return headers.read(block);
  }

  private static int stream(int field) throws SpdyException {
    int stream = field & Integer.MAX_VALUE;
    if (stream == 0) {
      throw new SpdyException("a frame of stream 0");
    }
    return stream;
  }

  private static void require(ByteBuffer body, int bytes) throws SpdyException {
    if (body.remaining() < bytes) {
      throw new SpdyException("a control frame of only %d bytes".formatted(body.remaining()));
    }
  }

  private static void requireExactly(ByteBuffer body, int bytes) throws SpdyException {
    if (body.remaining() != bytes) {
      throw new SpdyException(
          "a control frame of %d bytes instead of %d".formatted(body.remaining(), bytes));
    }
  }
}

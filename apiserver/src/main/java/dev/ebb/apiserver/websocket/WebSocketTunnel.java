package dev.ebb.apiserver.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// The content of all messages as two streams of bytes: another protocol goes through a WebSocket.
public final class WebSocketTunnel {
  private final WebSocket socket;

  public WebSocketTunnel(WebSocket socket) {
    this.socket = socket;
  }

  /// Ends when the client closes the WebSocket.
  public InputStream input() {
    return new Input();
  }

  /// Each write is a message.
  public OutputStream output() {
    return new Output();
  }

  private final class Input extends InputStream {
    private byte[] piece = {};
    private int position;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (position == piece.length && !ended && length > 0) {
        Optional<WebSocket.Piece> next = socket.read();
        ended = next.isEmpty();
        piece = next.map(WebSocket.Piece::bytes).orElse(new byte[0]);
        position = 0;
      }
      if (ended) {
        return -1;
      }
      int count = Math.min(length, piece.length - position);
      System.arraycopy(piece, position, into, offset, count);
      position += count;
      return count;
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      socket.writeBinary(bytes, offset, length);
    }
  }
}

package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.websocket.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The channels of a WebSocket. One thread reads, any may write.
final class ChannelSocket {
  /// Of a message in base64, which is decoded as a whole.
  private static final int MAX_TEXT = 1 << 20;

  private final WebSocket socket;
  private final ChannelForm form;

  ChannelSocket(WebSocket socket, ChannelForm form) {
    this.socket = socket;
    this.form = form;
  }

  @FunctionalInterface
  interface Receiver {
    /// @param bytes some of what came on the channel, in order; none when an empty message came
    void received(int channel, byte[] bytes) throws IOException;
  }

  /// Until the client closes.
  void readAll(Receiver receiver) throws IOException {
    switch (form) {
      case BINARY -> readBinary(receiver);
      case BASE64 -> readText(receiver);
    }
  }

  /// What is written goes out as messages of this channel.
  OutputStream output(int channel) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        send(channel, Arrays.copyOfRange(bytes, offset, offset + length));
      }
    };
  }

  void send(int channel, byte[] bytes) throws IOException {
    switch (form) {
      case BINARY -> {
        byte[] message = new byte[1 + bytes.length];
        message[0] = (byte) channel;
        System.arraycopy(bytes, 0, message, 1, bytes.length);
        socket.writeBinary(message, 0, message.length);
      }
      case BASE64 -> socket.writeText(channel + Base64.getEncoder().encodeToString(bytes));
    }
  }

  void ping() throws IOException {
    socket.ping();
  }

  /// Says that nothing more comes; what the client does then ends [#readAll].
  void close() throws IOException {
    socket.close();
  }

  private void readBinary(Receiver receiver) throws IOException {
    int channel = -1;
    Optional<WebSocket.Piece> next = socket.read();
    while (next.isPresent()) {
      byte[] bytes = next.get().bytes();
      if (next.get().first()) {
        channel = -1;
      }
      if (channel < 0 && bytes.length > 0) {
        channel = bytes[0] & 0xff;
        receiver.received(channel, Arrays.copyOfRange(bytes, 1, bytes.length));
      } else if (channel >= 0) {
        receiver.received(channel, bytes);
      }
      next = socket.read();
    }
  }

  private void readText(Receiver receiver) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    Optional<WebSocket.Piece> next = socket.read();
    while (next.isPresent()) {
      message.writeBytes(next.get().bytes());
      if (message.size() > MAX_TEXT) {
        throw new IOException("a message of more than %d bytes in base64".formatted(MAX_TEXT));
      }
      if (next.get().last()) {
        String text = message.toString(StandardCharsets.ISO_8859_1);
        message.reset();
        if (!text.isEmpty()) {
          receiver.received(text.charAt(0) - '0', decode(text.substring(1)));
        }
      }
      next = socket.read();
    }
  }

  private static byte[] decode(String text) throws IOException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("a message that is not base64", e);
    }
  }
}

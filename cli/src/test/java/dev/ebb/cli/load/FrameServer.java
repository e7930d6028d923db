package dev.ebb.cli.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of HTTP/2 that answers with the frames that a test says.
final class FrameServer implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;

  /// In the order of their numbers (RFC 9113, section 6); the last is none of them.
  private static final List<String> TYPES =
      List.of(
          "DATA",
          "HEADERS",
          "PRIORITY",
          "RST_STREAM",
          "SETTINGS",
          "PUSH_PROMISE",
          "PING",
          "GOAWAY",
          "WINDOW_UPDATE",
          "CONTINUATION",
          "UNKNOWN");

  final AtomicInteger connections;
  final AtomicInteger requests = new AtomicInteger();

  /// Of all requests: their headers as lines, an empty line, their body.
  final List<String> received = new CopyOnWriteArrayList<>();

  /// Of all DATA frames.
  final List<Integer> lengths = new CopyOnWriteArrayList<>();

  private final LoopbackServer server;
  private final List<String> answer;
  private final int window;

  /// @param answer to each request: frames as `TYPE FLAGS PAYLOAD`, in hexadecimal numbers,
  ///   `CLOSE`, or `RAW` and a text that is sent as it is. An `@` before the type is for the
  ///   connection, not the request's stream.
  /// @param window what a stream and the connection take of bodies before they are told of more
  FrameServer(int window, String... answer) {
    this.window = window;
    this.answer = List.of(answer);
    server = new LoopbackServer(this::serve);
    connections = server.connections;
  }

  InetSocketAddress address() {
    return server.address();
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      in.readFully(new byte[24]);
      frame(out, "SETTINGS", 0, 0, HexFormat.of().parseHex("0004%08x".formatted(window)));
      StringBuilder request = new StringBuilder();
      while (true) {
        int start = in.readInt();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        byte[] payload = in.readNBytes(start >>> 8);
        int type = start & 0xff;
        if (type == HEADERS) {
          request.append(headers(payload)).append('\n');
        } else if (type == DATA) {
          lengths.add(payload.length);
          request.append(new String(payload, ISO_8859_1));
          for (int told : new int[] {0, id}) {
            frame(
                out,
                "WINDOW_UPDATE",
                0,
                told,
                HexFormat.of().parseHex("%08x".formatted(payload.length)));
          }
        }
        if (type <= 1 && (flags & 1) != 0) {
          received.add(request.toString());
          request.setLength(0);
          requests.incrementAndGet();
          if (!answer(out, id)) {
            return;
          }
        }
      }
    } catch (IOException e) {
      // The client went.
    }
  }

  /// @return whether the connection goes on
  private boolean answer(DataOutputStream out, int id) throws IOException {
    for (String line : answer) {
      if (line.equals("CLOSE")) {
        return false;
      }
      if (line.startsWith("RAW ")) {
        out.write(line.substring(4).getBytes(ISO_8859_1));
        continue;
      }
      boolean ofConnection = line.startsWith("@");
      String[] parts = (ofConnection ? line.substring(1) : line).split(" ", -1);
      frame(
          out,
          parts[0],
          Integer.parseInt(parts[1], 16),
          ofConnection ? 0 : id,
          HexFormat.of().parseHex(parts[2]));
    }
    return true;
  }

  private static void frame(DataOutputStream to, String type, int flags, int id, byte[] payload)
      throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(whole);
    out.writeInt((payload.length << 8) | TYPES.indexOf(type));
    out.writeByte(flags);
    out.writeInt(id);
    out.write(payload);
    to.write(whole.toByteArray());
    to.flush();
  }

  /// Literals with lengths below 127, as the client writes them.
  private static String headers(byte[] block) {
    StringBuilder lines = new StringBuilder();
    for (int at = 0; at < block.length; ) {
      int name = block[at + 1];
      int value = block[at + 2 + name];
      lines
          .append(new String(block, at + 2, name, ISO_8859_1))
          .append('=')
          .append(new String(block, at + 3 + name, value, ISO_8859_1))
          .append('\n');
      at += 3 + name + value;
    }
    return lines.toString();
  }

  @Override
  public void close() {
    server.close();
  }
}

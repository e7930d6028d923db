package dev.ebb.cli.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP server that sends the bytes that a test says.
public final class SmallServer implements AutoCloseable {
  private final LoopbackServer server;
  private final String answer;
  private final boolean closing;
  public final AtomicInteger connections;
  public final AtomicInteger requests = new AtomicInteger();
  public final List<String> first = new CopyOnWriteArrayList<>();

  private SmallServer(String answer, boolean closing) {
    this.answer = answer;
    this.closing = closing;
    server = new LoopbackServer(this::serve);
    connections = server.connections;
  }

  /// @param answer to each request, with LF for CR LF; empty for none ever
  /// @param closing whether the connection is closed after it
  public static SmallServer start(String answer, boolean closing) {
    return new SmallServer(answer.replace("\n", "\r\n"), closing);
  }

  /// Has a port where nobody listens, and nobody will until it is closed.
  public static Socket nobody() {
    try {
      Socket socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress address() {
    return server.address();
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      String line = in.readLine();
      while (line != null) {
        StringBuilder request = new StringBuilder();
        int length = 0;
        for (; line != null && !line.isEmpty(); line = in.readLine()) {
          request.append(line).append('\n');
          if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(line.substring(15).strip());
          }
        }
        for (int count = 0; count < length; count++) {
          request.append((char) in.read());
        }
        if (requests.incrementAndGet() == 1) {
          first.add(request.toString());
        }
        out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        if (closing) {
          return;
        }
        line = in.readLine();
      }
    } catch (IOException e) {
      // The client went.
    }
  }

  @Override
  public void close() {
    server.close();
  }
}

package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A program behind a unix socket that does with each connection what a test says.
final class Upstream implements AutoCloseable {
  /// Serves one connection until it returns; then the connection is closed.
  interface Script {
    void serve(Connection connection) throws IOException;
  }

  final UnixDomainSocketAddress address;
  final AtomicInteger connections = new AtomicInteger();
  private final ServerSocketChannel server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  Upstream(Path directory, Script script) {
    try {
      address = UnixDomainSocketAddress.of(Files.createTempFile(directory, "u", ".sock"));
      Files.delete(address.getPath());
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(address);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Thread.ofVirtual().start(() -> accept(script));
  }

  /// Answers each request with 200 and a body that tells the request line.
  static Script echoing() {
    return connection -> {
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        byte[] body = connection.body(head);
        connection.answer(
            200, head.lines().findFirst().orElse("") + "\n" + new String(body, ISO_8859_1));
      }
    };
  }

  private void accept(Script script) {
    try {
      while (true) {
        SocketChannel client = server.accept();
        connections.incrementAndGet();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(script, client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Script script, SocketChannel client) {
    try (client) {
      script.serve(
          new Connection(Channels.newInputStream(client), Channels.newOutputStream(client)));
    } catch (IOException | NumberFormatException gone) {
      // The gateway closed it, as some tests mean it to.
    } finally {
      open.remove(client);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : open) {
      client.close();
    }
    Files.deleteIfExists(address.getPath());
  }

  /// The bytes of one connection.
  record Connection(InputStream in, OutputStream out) {
    /// Up to and with the empty line; empty at the end of the stream.
    String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.write(b);
        String text = head.toString(ISO_8859_1);
        if (b == '\n' && text.endsWith("\r\n\r\n")) {
          return text;
        }
      }
      return "";
    }

    byte[] body(String head) throws IOException {
      String lower = head.toLowerCase(java.util.Locale.ROOT);
      if (lower.contains("transfer-encoding: chunked")) {
        return chunked();
      }
      int at = lower.indexOf("\r\ncontent-length: ");
      return at < 0
          ? new byte[0]
          : in.readNBytes(Integer.parseInt(lower.substring(at + 18, lower.indexOf('\r', at + 2))));
    }

    /// The chunks, and the trailers behind a vertical bar.
    private byte[] chunked() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(line().replaceFirst(";.*", ""), 16);
        if (size == 0) {
          break;
        }
        body.write(in.readNBytes(size));
        line();
      }
      for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
        body.write(("|" + trailer).getBytes(ISO_8859_1));
      }
      return body.toByteArray();
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
        line.append((char) b);
      }
      return line.toString().strip();
    }

    void answer(int status, String body) throws IOException {
      send("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }
  }
}

package dev.ebb.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A NATS server with JetStream in files, which syncs before it acknowledges. What is spoken to it
/// is the part of its protocol that a durable publish needs
/// (https://docs.nats.io/reference/reference-protocols/nats-protocol).
final class NatsJetStream implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Process server;
  private final int port;

  /// @throws IOException when there is no `nats-server`, or one before 2.10, which cannot be told
  ///   to sync each time
  NatsJetStream(Path directory) throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.createDirectories(directory);
    Path configuration = directory.resolve("nats.conf");
    Files.writeString(
        configuration,
        """
        host: 127.0.0.1
        port: %d
        jetstream { store_dir: "%s", sync_interval: always }
        """
            .formatted(port, directory.resolve("data")));
    server =
        new ProcessBuilder("nats-server", "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nats.log").toFile())
            .start();
    try (Connection connection = connect()) {
      connection.request(
          "$JS.API.STREAM.CREATE.queue",
          "{\"name\":\"queue\",\"subjects\":[\"queue\"],\"storage\":\"file\",\"num_replicas\":1}"
              .getBytes(US_ASCII));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /// Waits until the server answers.
  Connection connect() throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (true) {
      try {
        return new Connection(new Socket(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        if (!server.isAlive() || System.nanoTime() > end) {
          throw new IOException("nats-server does not run: it must be 2.10 or newer", e);
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /// @param latencies in milliseconds
  record Published(double rate, Samples latencies) {}

  /// Producers that publish durably, each over a connection of its own, and wait for each answer.
  Published publish(int producers, int seconds, byte[] event) {
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    List<List<Double>> latencies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int producer = 0; producer < producers; producer++) {
        List<Double> own = new ArrayList<>();
        latencies.add(own);
        threads.execute(() -> {
          try (Connection connection = connect()) {
            for (long now = System.nanoTime(); now < end; ) {
              connection.request("queue", event);
              long done = System.nanoTime();
              own.add((done - now) / 1e6);
              now = done;
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
      }
    }
    List<Double> all = latencies.stream().flatMap(List::stream).toList();
    return new Published(all.size() * 1e9 / (System.nanoTime() - start), new Samples(all));
  }

  @Override
  public void close() {
    server.destroy();
    server.onExit().join();
  }

  /// A producer, which waits for each acknowledgement. For one thread.
  static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String inbox = "_INBOX." + Long.toHexString(System.nanoTime());

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      line();
      out.write(
          "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB %s 1\r\n"
              .formatted(inbox)
              .getBytes(US_ASCII));
    }

    /// Publishes, and waits for the answer.
    void request(String subject, byte[] payload) throws IOException {
      byte[] head = "PUB %s %s %d\r\n".formatted(subject, inbox, payload.length).getBytes(US_ASCII);
      byte[] message = new byte[head.length + payload.length + 2];
      System.arraycopy(head, 0, message, 0, head.length);
      System.arraycopy(payload, 0, message, head.length, payload.length);
      message[message.length - 2] = '\r';
      message[message.length - 1] = '\n';
      out.write(message);
      for (String line = line(); !line.startsWith("MSG "); line = line()) {
        if (line.equals("PING")) {
          out.write("PONG\r\n".getBytes(US_ASCII));
        } else if (line.startsWith("-ERR")) {
          throw new IOException("nats-server: " + line);
        }
      }
      String answer = line();
      if (answer.contains("\"error\"")) {
        throw new IOException("nats-server: " + answer);
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new IOException("nats-server closed the connection");
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

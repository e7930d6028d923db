package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// Requests at one fixed rate whatever the answers do. A latency counts from the moment the request
/// was due, not from when it could be sent: a stall counts for all requests that it held up (G.
/// Tene, "How NOT to Measure Latency", 2013).
final class OpenLoop {
  private OpenLoop() {}

  /// @return latencies in milliseconds
  static Samples run(int port, String host, int connections, double perSecond, int seconds) {
    Queue<Double> latencies = new ConcurrentLinkedQueue<>();
    long start = System.nanoTime() + 100_000_000L;
    long interval = (long) (1e9 * connections / perSecond);
    List<Future<?>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int connection = 0; connection < connections; connection++) {
        long offset = interval * connection / connections;
        clients.add(
            threads.submit(() ->
                client(
                    port,
                    host,
                    start + offset,
                    interval,
                    start + seconds * 1_000_000_000L,
                    latencies)));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return new Samples(latencies);
  }

  private static void client(
      int port, String host, long first, long interval, long end, Queue<Double> latencies) {
    ByteBuffer request =
        ByteBuffer.wrap(
            "GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
                .formatted(host)
                .getBytes(StandardCharsets.US_ASCII));
    ByteBuffer answer = ByteBuffer.allocate(4096);
    try (SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))) {
      channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
      for (long due = first; due < end; due += interval) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        channel.write(request.rewind());
        readAnswer(channel, answer);
        latencies.add((System.nanoTime() - due) / 1e6);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The backend's answer ends with its only exclamation mark.
  private static void readAnswer(SocketChannel channel, ByteBuffer answer) throws IOException {
    answer.clear();
    do {
      if (channel.read(answer) < 0) {
        throw new IOException(
            "the connection was closed: " + StandardCharsets.US_ASCII.decode(answer.flip()));
      }
    } while (answer.get(answer.position() - 1) != '!');
  }
}

package dev.ebb.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Clients that call a URL one after the other until they are told to end. Bounded by time.
final class Load implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LongAdder answered = new LongAdder();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger interrupted = new AtomicInteger();
  private final Phaser running = new Phaser(1);
  private final Duration pause;
  private volatile boolean ending;
  private volatile boolean connectionsMayBreak;

  private Load(Duration pause) {
    this.pause = pause;
  }

  /// @param pause of each client between two calls
  static Load on(URI url, int clients, Duration pause) {
    Load load = new Load(pause);
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int client = 0; client < clients; client++) {
      load.running.register();
      Thread.ofVirtual().start(() -> load.callUntilEnd(url, end));
    }
    return load;
  }

  private void callUntilEnd(URI url, long end) {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build();
    try {
      while (!ending && System.nanoTime() < end) {
        call(request);
        LockSupport.parkNanos(pause.toNanos());
      }
    } finally {
      running.arriveAndDeregister();
    }
  }

  private void call(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        answered.increment();
      } else {
        failures.add(response.statusCode() + " " + response.body());
      }
    } catch (IOException e) {
      if (connectionsMayBreak) {
        interrupted.incrementAndGet();
      } else {
        failures.add(e.toString());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// While the server itself is killed, connections break: that is no answer of 5xx.
  void connectionsMayBreak(boolean value) {
    connectionsMayBreak = value;
  }

  long answered() {
    return answered.sum();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /// No further calls; waits for the answers to those that are on their way.
  void end() {
    ending = true;
    running.arriveAndAwaitAdvance();
  }

  @Override
  public void close() {
    end();
    client.close();
  }

  /// Calls at the same moment, and the answers' status codes.
  static List<Integer> atOnce(URI url, int count) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return IntStream.range(0, count)
          .mapToObj(call ->
              client.sendAsync(
                  HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding()))
          .toList()
          .stream()
          .map(future -> future.join().statusCode())
          .toList();
    }
  }
}

package dev.ebb.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One change of an object, and when each of many watchers has it. The watchers are connections of
/// this process, over TLS as those of every client.
final class WatchFanOut implements AutoCloseable {
  private static final String OBJECT = "/api/v1/namespaces/default/configmaps/watched";
  private static final int WAIT_SECONDS = 60;

  private final ApiAccess api;
  private final List<SSLSocket> sockets = new ArrayList<>();
  private final AtomicLongArray arrivals;
  private volatile Round round = new Round("never", new CountDownLatch(0));

  /// @param text of the change that is waited for
  /// @param missing who has not got it yet
  private record Round(String text, CountDownLatch missing) {}

  /// Opens the watches; returns when all of them have begun.
  WatchFanOut(ApiAccess api, int watchers) throws IOException, InterruptedException {
    this.api = api;
    this.arrivals = new AtomicLongArray(watchers);
    api.create("/api/v1/namespaces/default/configmaps", document("first"));
    CountDownLatch begun = new CountDownLatch(watchers);
    for (int watcher = 0; watcher < watchers; watcher++) {
      int index = watcher;
      SSLSocket socket =
          (SSLSocket)
              api.tls().getSocketFactory().createSocket(api.url().getHost(), api.url().getPort());
      sockets.add(socket);
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/namespaces/default/configmaps?watch=true&fieldSelector=metadata.name%%3Dwatched HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n"
                  .formatted(api.authorization())
                  .getBytes(StandardCharsets.US_ASCII));
      Thread.ofVirtual().start(() -> follow(socket, index, begun));
    }
    if (!begun.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(begun.getCount() + " watches have not begun");
    }
  }

  /// Milliseconds from before the write to each arrival.
  List<Double> change(String value) throws InterruptedException {
    CountDownLatch missing = new CountDownLatch(arrivals.length());
    round = new Round("\"value\":\"" + value + "\"", missing);
    long started = System.nanoTime();
    api.replace(OBJECT, document(value));
    if (!missing.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(missing.getCount() + " watchers have not got the change");
    }
    List<Double> millis = new ArrayList<>();
    for (int watcher = 0; watcher < arrivals.length(); watcher++) {
      millis.add((arrivals.get(watcher) - started) / 1e6);
    }
    return millis;
  }

  private void follow(SSLSocket socket, int index, CountDownLatch begun) {
    try (InputStream in = new BufferedInputStream(socket.getInputStream())) {
      String line = line(in);
      boolean first = true;
      while (line != null) {
        if (first && line.contains("\"ADDED\"")) {
          first = false;
          begun.countDown();
        } else if (line.contains(round.text())) {
          arrivals.set(index, System.nanoTime());
          round.missing().countDown();
        }
        line = line(in);
      }
    } catch (IOException e) {
      // Closed at the end; a watch that ends before is missed by the one who waits for it.
    }
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private static String document(String value) {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"watched","namespace":"default"},\
    "data":{"value":"%s"}}\
    """
        .formatted(value);
  }

  @Override
  public void close() {
    for (SSLSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // The server has closed it first.
      }
    }
  }
}

package dev.ebb.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Closes a connection on which an exchange takes too long.
final class FuzzWatchdog implements AutoCloseable {
  private record Exchange(FuzzConnection connection, long since) {}

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Exchange> current = Optional.empty();
  private volatile boolean bitten;

  FuzzWatchdog(Duration bound) {
    Thread.ofPlatform().daemon().name("fuzz-watchdog").start(() -> run(bound));
  }

  void begin(FuzzConnection connection) {
    bitten = false;
    current = Optional.of(new Exchange(connection, System.nanoTime()));
  }

  void end() {
    current = Optional.empty();
  }

  /// Whether it closed the connection of the exchange that began last.
  boolean hasBitten() {
    return bitten;
  }

  private void run(Duration bound) {
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        look(bound);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Duration bound) {
    current
        .filter(exchange -> System.nanoTime() - exchange.since() > bound.toNanos())
        .ifPresent(exchange -> {
          bitten = true;
          try {
            exchange.connection().close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// A lease of an embedded log.
final class LeasedDelivery implements Delivery {
  /// Payloads are copied to another stream in pieces of this size.
  private static final int PIECE = 1 << 16;

  private final EmbeddedCursor cursor;
  private final Held held;
  private final long token;
  private final int attempt;
  private final StoredEvent event;

  LeasedDelivery(EmbeddedCursor cursor, Held held, long token, int attempt, StoredEvent event) {
    this.cursor = cursor;
    this.held = held;
    this.token = token;
    this.attempt = attempt;
    this.event = event;
  }

  @Override
  public StoredEvent event() {
    return event;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public Instant deadline() {
    cursor.stream.lock.lock();
    try {
      return Instant.ofEpochMilli(held.token == token ? held.due : 0);
    } finally {
      cursor.stream.lock.unlock();
    }
  }

  @Override
  public boolean renew(Duration lease) {
    long now = cursor.log.clock().millis();
    cursor.stream.lock.lock();
    try {
      if (!cursor.state.isLeased(held, token, now)) {
        return false;
      }
      cursor.state.renew(held, now + lease.toMillis());
      return true;
    } finally {
      cursor.stream.lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Boolean> acknowledge() {
    return cursor.acknowledge(held.sequence);
  }

  @Override
  public CompletableFuture<Boolean> retryAt(Instant time) {
    return cursor.retry(held, token, time, true);
  }

  @Override
  public CompletableFuture<Boolean> giveBack(Instant time) {
    return cursor.retry(held, token, time, false);
  }

  @Override
  public CompletableFuture<Long> moveTo(EventStream stream, byte[] attributes) {
    CompletableFuture<Long> appended;
    try (Upload upload = stream.upload();
        InputStream in = event.payload().open()) {
      byte[] piece = new byte[PIECE];
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        upload.write(ByteBuffer.wrap(piece, 0, count));
      }
      appended = upload.commit(attributes);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(new UncheckedIOException(e));
    } catch (dev.ebb.eventing.log.EventLogException e) {
      return CompletableFuture.failedFuture(e);
    }
    return appended.thenCompose(sequence -> acknowledge().thenApply(_ -> sequence));
  }
}

package dev.ebb.apiserver;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The bytes that a client sends, with what Helidon leaves open: a bound on the size of the head, a
/// clock on requests that do not arrive, and news of a client that goes while a response streams.
///
/// Read by the connection's thread; [#stalled] is asked by the sweeper's thread.
final class ConnectionInput implements Supplier<byte[]> {
  private enum Phase {
    IDLE,
    HEAD,
    HANDLER,
    STREAM,
    DRAIN
  }

  /// What is read and thrown away after a refusal, so that the client reads the answer and not a
  /// reset: as much as a client may have under way, no more.
  private static final int DRAIN_BYTES = 8 << 20;

  private static final Status HEAD_TOO_LARGE =
      Status.create(431, "Request Header Fields Too Large");

  private final HelidonSocket socket;
  private final ServerLimits limits;
  private final LongSupplier nanoTime;

  private volatile Phase phase = Phase.IDLE;
  private volatile boolean reading;
  private volatile long phaseStart;
  private volatile Duration streamIdleTime;
  private volatile boolean sending;
  private volatile long sendingSince;
  private int headBytes;
  private boolean refused;
  private final AtomicReference<@Nullable CompletableFuture<byte[]>> ahead =
      new AtomicReference<>();

  ConnectionInput(HelidonSocket socket, ServerLimits limits, LongSupplier nanoTime) {
    this.socket = socket;
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.phaseStart = nanoTime.getAsLong();
    this.streamIdleTime = limits.streamIdleTime();
  }

  @Override
  public byte @Nullable [] get() {
    byte[] bytes = next();
    if (phase == Phase.STREAM) {
      phaseStart = nanoTime.getAsLong();
    }
    if (bytes == null || phase == Phase.HANDLER || phase == Phase.STREAM) {
      return bytes;
    }
    if (phase == Phase.IDLE) {
      headBytes = 0;
      enter(Phase.HEAD);
    }
    headBytes += bytes.length;
    if (headBytes > limits.headerBytes()) {
      throw RequestException.builder()
          .type(DirectHandler.EventType.BAD_REQUEST)
          .status(HEAD_TOO_LARGE)
          .message(
              "the head of the request is larger than %d bytes".formatted(limits.headerBytes()))
          .setKeepAlive(false)
          .build();
    }
    return bytes;
  }

  void headArrived() {
    enter(Phase.HANDLER);
  }

  /// What follows may take as long as it likes, if only something moves now and then.
  void streaming() {
    streaming(limits.streamIdleTime());
  }

  /// As [#streaming()], with its own idea of now and then.
  void streaming(Duration idle) {
    streamIdleTime = idle;
    enter(Phase.STREAM);
  }

  /// Something is about to be sent to the client of a stream, who may not read it.
  void sends() {
    sendingSince = nanoTime.getAsLong();
    sending = true;
  }

  /// Something was sent to the client of a stream.
  void moved() {
    sending = false;
    phaseStart = nanoTime.getAsLong();
  }

  void requestEnded() {
    enter(Phase.IDLE);
  }

  /// The request was answered, and the connection will be closed, before all of it was read.
  void refuseRest() {
    refused = true;
  }

  /// Whether the client has been keeping the connection's thread waiting in the middle of a
  /// request, or does not take what is sent to it.
  boolean stalled() {
    if (sending && nanoTime.getAsLong() - sendingSince > limits.requestTime().toNanos()) {
      return true;
    }
    Phase now = phase;
    Duration bound =
        switch (now) {
          case IDLE, HEAD, HANDLER -> limits.requestTime();
          case STREAM -> streamIdleTime;
          case DRAIN -> limits.drainTime();
        };
    return now != Phase.IDLE && reading && nanoTime.getAsLong() - phaseStart > bound.toNanos();
  }

  /// Calls back as soon as the client has gone. Nothing is read meanwhile, except what this reads
  /// ahead; it is kept for the next request. Whoever calls first is called back.
  void watchForEnd(Runnable gone) {
    CompletableFuture<byte[]> future = new CompletableFuture<>();
    if (!ahead.compareAndSet(null, future)) {
      return;
    }
    Thread.ofVirtual()
        .name("apiserver-disconnect-watch")
        .start(() -> {
          try {
            byte[] bytes = socket.get();
            if (bytes == null) {
              gone.run();
            }
            future.complete(bytes);
          } catch (RuntimeException e) {
            gone.run();
            future.completeExceptionally(e);
          }
        });
  }

  /// Reads, for a bounded time, what the client still sends of a request that was refused.
  void drain() {
    if (!refused) {
      return;
    }
    enter(Phase.DRAIN);
    CountDownLatch done = new CountDownLatch(1);
    interruptUnless(done, Thread.currentThread());
    try {
      int drained = 0;
      while (drained < DRAIN_BYTES && !Thread.currentThread().isInterrupted()) {
        byte[] bytes = next();
        if (bytes == null) {
          return;
        }
        drained += bytes.length;
      }
    } catch (CloseConnectionException e) {
      // The client has gone, which is as good.
    } finally {
      done.countDown();
    }
  }

  /// The sweeper comes by too seldom to end a drain.
  private void interruptUnless(CountDownLatch done, Thread drainer) {
    Thread.ofVirtual()
        .name("apiserver-drain-timer")
        .start(() -> {
          try {
            if (!done.await(limits.drainTime().toMillis(), TimeUnit.MILLISECONDS)) {
              drainer.interrupt();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private byte @Nullable [] next() {
    CompletableFuture<byte[]> pending = ahead.getAndSet(null);
    reading = true;
    try {
      return pending == null ? socket.get() : pending.get();
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("Cannot read from the client", e);
    } catch (ExecutionException e) {
      throw new ServerConnectionException("Cannot read from the client", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("Interrupted", e);
    } finally {
      reading = false;
    }
  }

  private void enter(Phase next) {
    phaseStart = nanoTime.getAsLong();
    phase = next;
  }
}

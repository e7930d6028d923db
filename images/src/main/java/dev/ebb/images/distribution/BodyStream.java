package dev.ebb.images.distribution;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The body of an answer, read by blocking: as the JDK's own streams, but it notices when nothing
/// arrives any more. For one reading thread.
final class BodyStream implements BodySubscriber<BodyStream>, Closeable {
  // Times the client's 16 KiB buffers: what the network may be ahead of the disk.
  private static final int AHEAD = 64;

  private sealed interface Item {
    record Bytes(List<ByteBuffer> buffers) implements Item {}

    record End(@Nullable Throwable failure) implements Item {}
  }

  private final Duration stall;
  private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
  // Each is written before the other is read, so that one of the two sides cancels.
  private volatile @Nullable Subscription subscription;
  private volatile boolean closed;
  private Iterator<ByteBuffer> buffers = List.<ByteBuffer>of().iterator();
  private final ArrayDeque<ByteBuffer> current = new ArrayDeque<>(1);
  private Item.@Nullable End end;

  BodyStream(Duration stall) {
    this.stall = stall;
  }

  /// Fills the array, or as much of it as arrives.
  ///
  /// @return bytes read; 0 only at the end
  /// @throws HttpTimeoutException when nothing arrives for the time of a stall
  int readNBytes(byte[] into) throws IOException, InterruptedException {
    int read = 0;
    while (read < into.length) {
      var buffer = nextOrFailLater(read);
      if (buffer == null) {
        break;
      }
      int count = Math.min(buffer.remaining(), into.length - read);
      buffer.get(into, read, count);
      read += count;
    }
    return read;
  }

  /// All of it, if it is not longer than that; else the first bytes, one more than that.
  byte[] readAtMost(int limit) throws IOException, InterruptedException {
    var bytes = new ByteArrayOutputStream();
    var chunk = new byte[1 << 14];
    while (bytes.size() <= limit) {
      int read = readNBytes(chunk);
      if (read == 0) {
        break;
      }
      bytes.write(chunk, 0, Math.min(read, limit + 1 - bytes.size()));
    }
    return bytes.toByteArray();
  }

  /// Gives the connection up unless the body was read to its end.
  @Override
  public void close() {
    closed = true;
    var source = subscription;
    if (source != null) {
      source.cancel();
    }
  }

  /// A failure behind bytes that were read already is for the next call: those bytes count.
  private @Nullable ByteBuffer nextOrFailLater(int read) throws IOException, InterruptedException {
    try {
      return next();
    } catch (IOException e) {
      if (read == 0) {
        throw e;
      }
      end = new Item.End(e);
      return null;
    }
  }

  private @Nullable ByteBuffer next() throws IOException, InterruptedException {
    while (true) {
      var buffer = current.peek();
      if (buffer != null && buffer.hasRemaining()) {
        return buffer;
      }
      current.clear();
      if (buffers.hasNext()) {
        current.add(buffers.next());
      } else if (!nextItem()) {
        return null;
      }
    }
  }

  private boolean nextItem() throws IOException, InterruptedException {
    if (end == null) {
      var item = items.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
      switch (item) {
        case null ->
            throw new HttpTimeoutException("no bytes for " + stall.toMillis() / 1000.0 + " s");
        case Item.End last -> end = last;
        case Item.Bytes bytes -> {
          buffers = bytes.buffers().iterator();
          var source = subscription;
          if (source != null) {
            source.request(1);
          }
          return true;
        }
      }
    }
    var failure = end.failure();
    if (failure != null) {
      throw failure instanceof IOException io ? io : new IOException(failure);
    }
    return false;
  }

  @Override
  public CompletionStage<BodyStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    items.add(new Item.Bytes(item));
  }

  @Override
  public void onError(Throwable failure) {
    items.add(new Item.End(failure));
  }

  @Override
  public void onComplete() {
    items.add(new Item.End(null));
  }
}

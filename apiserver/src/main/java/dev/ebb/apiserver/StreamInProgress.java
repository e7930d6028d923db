package dev.ebb.apiserver;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A [ResponseStream] over Helidon's output.
final class StreamInProgress extends ResponseStream {
  private final OutputStream output;
  private final Runnable onEnd;
  private final OpenStreams streams;
  private final ConnectionInput clock;
  private final AtomicBoolean ended = new AtomicBoolean();

  StreamInProgress(
      OutputStream output, Runnable onEnd, OpenStreams streams, ConnectionInput clock) {
    this.clock = clock;
    this.output = output;
    this.onEnd = onEnd;
    this.streams = streams;
  }

  /// The client has gone or the server closes. Any thread.
  void end() {
    if (ended.compareAndSet(false, true)) {
      onEnd.run();
    }
  }

  @Override
  public boolean ended() {
    return ended.get();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    clock.sends();
    output.write(bytes, offset, length);
    output.flush();
    clock.moved();
  }

  @Override
  public void flush() throws IOException {
    output.flush();
  }

  @Override
  public void abandon() {
    streams.ended(this);
  }

  @Override
  public void close() {
    streams.ended(this);
    try {
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

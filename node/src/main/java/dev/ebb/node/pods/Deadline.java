package dev.ebb.node.pods;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/// Closes a channel of blocking reads when its time is over: unix sockets know no time-out.
final class Deadline implements AutoCloseable {
  private final Thread thread;

  private Deadline(Thread thread) {
    this.thread = thread;
  }

  static Deadline close(Closeable channel, int millis) {
    return new Deadline(
        Thread.ofVirtual()
            .name("ebb-probe-deadline")
            .start(() -> {
              try {
                Thread.sleep(Duration.ofMillis(millis));
                channel.close();
              } catch (InterruptedException inTime) {
                Thread.currentThread().interrupt();
              } catch (IOException alreadyClosed) {
                // So nobody reads from it any more.
              }
            }));
  }

  /// It was in time.
  @Override
  public void close() {
    thread.interrupt();
  }
}

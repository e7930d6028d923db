package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails each test class that loses a buffer. Registered for all of them as a service.
public final class LeakCheck implements AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Override
  public void afterAll(ExtensionContext context) {
    assertThat(leaks()).isEmpty();
  }

  /// What was lost since the last time it was asked.
  static List<String> leaks() {
    // Those that were found by one collection are told one after the other, so that the canary may
    // be told of before a buffer. All of them are before a canary of the next collection.
    awaitCollection();
    awaitCollection();
    // The detector looks for lost buffers when it gets to know a new one.
    ByteBufAllocator.DEFAULT.buffer(1).release();
    List<String> leaks = List.copyOf(LeakDetector.LEAKS);
    LeakDetector.LEAKS.clear();
    return leaks;
  }

  private static void awaitCollection() {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
    await()
        .atMost(PATIENCE)
        .until(() -> {
          System.gc();
          return canary.refersTo(null) && collected.poll() != null;
        });
  }
}

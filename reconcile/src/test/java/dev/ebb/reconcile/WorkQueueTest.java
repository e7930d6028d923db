package dev.ebb.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkQueueTest {
  private static final ObjectKey A = new ObjectKey("default", "a");
  private static final ObjectKey B = new ObjectKey("default", "b");

  private final VirtualClock clock = new VirtualClock();
  private final WorkQueue queue = new WorkQueue(clock, Backoff.DEFAULT);

  @Test
  void aKeyThatIsAddedTwiceIsProcessedOnceInTheOrderOfItsArrival() {
    queue.add(A);
    queue.add(B);
    queue.add(A);

    assertThat(drain()).containsExactly(A, B);
  }

  @Test
  void aKeyThatIsAddedWhileItIsProcessedComesAgainAfterwardsOnly() {
    queue.add(A);
    assertThat(queue.poll()).contains(A);
    queue.add(A);
    queue.add(A);

    assertThat(queue.poll()).isEmpty();
    queue.done(A);
    assertThat(drain()).containsExactly(A);
  }

  @Test
  void aDelayedKeyComesWhenItsTimeHasComeAndTheEarliestTimeCounts() {
    queue.addAfter(A, Duration.ofSeconds(3));
    queue.addAfter(B, Duration.ofSeconds(2));
    queue.addAfter(A, Duration.ofSeconds(1));
    queue.addAfter(A, Duration.ofSeconds(9));

    assertThat(drain()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(drain()).containsExactly(A);
    clock.advance(Duration.ofSeconds(60));
    assertThat(drain()).containsExactly(B);
  }

  @Test
  void manyThatWaitForOneTimeAllComeAndOnceEach() {
    List<ObjectKey> keys =
        IntStream.range(0, 5_000).mapToObj(i -> new ObjectKey("default", "k" + i)).toList();
    keys.forEach(key -> queue.addAfter(key, Duration.ofSeconds(9)));
    keys.forEach(key -> queue.addAfter(key, Duration.ofSeconds(5)));

    clock.advance(Duration.ofSeconds(4));
    assertThat(drain()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(drain()).isEqualTo(keys);
    clock.advance(Duration.ofSeconds(60));
    assertThat(drain()).isEmpty();
  }

  @Test
  void aDelayedKeyThatBecomesDueWhileItIsProcessedWaitsForItsEnd() {
    queue.add(A);
    queue.poll();
    queue.addAfter(A, Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));

    assertThat(queue.poll()).isEmpty();
    queue.done(A);
    assertThat(queue.poll()).contains(A);
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 10", "3, 20", "12, 10240", "13, 20480", "14, 30000", "1000, 30000"})
  void theBackoffDoublesUpToItsLimit(int failures, long millis) {
    assertThat(Backoff.DEFAULT.delay(failures)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void eachFailureInARowWaitsLongerUntilItIsForgotten() {
    queue.retry(A);
    queue.retry(A);
    clock.advance(Duration.ofMillis(5));
    assertThat(drain()).containsExactly(A);

    queue.retry(A);
    clock.advance(Duration.ofMillis(19));
    assertThat(drain()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(drain()).containsExactly(A);

    queue.forget(A);
    queue.retry(A);
    clock.advance(Duration.ofMillis(5));
    assertThat(drain()).containsExactly(A);
  }

  @Test
  void closingWakesThoseWhoWaitAndDropsWhatIsQueued() throws Exception {
    CompletableFuture<Optional<ObjectKey>> taken = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> takeInto(taken));
    queue.close();
    queue.add(A);
    queue.addAfter(A, Duration.ZERO);

    assertThat(taken.get(2, TimeUnit.MINUTES)).isEmpty();
    assertThat(queue.poll()).isEmpty();
  }

  private void takeInto(CompletableFuture<Optional<ObjectKey>> taken) {
    try {
      taken.complete(queue.take());
    } catch (InterruptedException interrupted) {
      taken.completeExceptionally(interrupted);
    }
  }

  private List<ObjectKey> drain() {
    List<ObjectKey> keys = new ArrayList<>();
    for (Optional<ObjectKey> key = queue.poll(); key.isPresent(); key = queue.poll()) {
      keys.add(key.get());
      queue.done(key.get());
    }
    return keys;
  }
}

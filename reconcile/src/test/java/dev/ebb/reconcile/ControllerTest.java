package dev.ebb.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ControllerTest {
  private static final ObjectKey A = new ObjectKey("default", "a");
  private static final ObjectKey B = new ObjectKey("default", "b");

  private final VirtualClock clock = new VirtualClock();
  private final List<ObjectKey> reconciled = new ArrayList<>();
  private final Deque<Supplier<Result>> answers = new ArrayDeque<>();
  private final Controller controller =
      new Controller("test", new WorkQueue(clock, Backoff.DEFAULT), this::answer, 1);

  private Result answer(ObjectKey key) {
    reconciled.add(key);
    return answers.isEmpty() ? Result.done() : answers.remove().get();
  }

  @Test
  void aReconcilerThatAsksForLaterIsCalledThenAndNotBefore() {
    answers.add(() -> Result.requeueAfter(Duration.ofSeconds(2)));
    controller.enqueue(A);

    assertThat(controller.runOnce()).isTrue();
    assertThat(controller.runOnce()).isFalse();
    clock.advance(Duration.ofSeconds(2));
    assertThat(controller.runOnce()).isTrue();
    clock.advance(Duration.ofHours(1));
    assertThat(controller.runOnce()).isFalse();
  }

  @Test
  void aFailureIsTriedAgainWithBackoffAndDoesNotHoldUpOthers() {
    answers.add(() -> {
      throw ApiException.conflict(ScriptedResources.KIND, "a");
    });
    answers.add(Result::done);
    answers.add(() -> {
      throw new IllegalStateException("no");
    });
    answers.add(() -> {
      throw new StackOverflowError();
    });
    controller.enqueue(A);
    controller.enqueue(B);

    assertThat(controller.runOnce()).isTrue();
    assertThat(controller.runOnce()).isTrue();
    for (int delay : new int[] {5, 10, 20}) {
      clock.advance(Duration.ofMillis(delay - 1));
      assertThat(controller.runOnce()).isFalse();
      clock.advance(Duration.ofMillis(1));
      assertThat(controller.runOnce()).isTrue();
    }
    assertThat(reconciled).containsExactly(A, B, A, A, A);
  }

  @Test
  void severalWorkersNeverTakeTheSameKeyAtOnceAndCloseWaitsForThem() throws Exception {
    AtomicInteger active = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch calls = new CountDownLatch(200);
    WorkQueue queue = new WorkQueue();
    try (Controller many =
        new Controller(
            "many",
            queue,
            key -> {
              most.accumulateAndGet(active.incrementAndGet(), Math::max);
              queue.add(key);
              active.decrementAndGet();
              calls.countDown();
              return Result.done();
            },
            8)) {
      many.start();
      queue.add(A);
      assertThat(calls.await(2, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(most).hasValue(1);
    assertThat(active).hasValue(0);
  }
}

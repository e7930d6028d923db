package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In virtual time: the scheduler remembers one task, and the test lets time pass.
class DeadlineWheelTest {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);

  private long now = 1_000_000_007;
  private @Nullable Runnable task;
  private long due;
  private final DeadlineWheel wheel = new DeadlineWheel(this::schedule, () -> now);
  private final List<String> expired = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 49, 50, 51, 1_000, 51_199, 51_200, 51_201, 75_000, 300_000})
  void aTimerExpiresWithinATickAfterItsDeadline(long millis) {
    long deadline = now + TimeUnit.MILLISECONDS.toNanos(millis);
    wheel.set(timer("a"), deadline);
    passTo(deadline - 1);
    assertThat(expired).isEmpty();
    passTo(deadline + 2 * TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void aCancelledTimerDoesNotExpireAndCanBeSetAgain() {
    DeadlineWheel.Timer timer = timer("a");
    wheel.set(timer, now + 3 * TICK);
    wheel.cancel(timer);
    passTo(now + 10 * TICK);
    assertThat(expired).isEmpty();
    wheel.set(timer, now + 3 * TICK);
    passTo(now + 6 * TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void aTimerThatFailsCostsNoOtherItsDeadline() {
    DeadlineWheel.Timer fails =
        new DeadlineWheel.Timer(() -> {
          throw new IllegalStateException("expected");
        });
    wheel.set(fails, now + 3 * TICK);
    wheel.set(timer("same"), now + 3 * TICK);
    wheel.set(timer("later"), now + 9 * TICK);
    passTo(now + 12 * TICK);
    assertThat(expired).containsExactlyInAnyOrder("same", "later");
  }

  @Test
  void aDeadlineMovesToLaterAndToEarlier() {
    DeadlineWheel.Timer timer = timer("a");
    long begin = now;
    wheel.set(timer, begin + 4 * TICK);
    wheel.set(timer, begin + 100 * TICK);
    passTo(begin + 50 * TICK);
    assertThat(expired).isEmpty();
    wheel.set(timer, begin + 60 * TICK);
    passTo(begin + 62 * TICK);
    assertThat(expired).containsExactly("a");
  }

  @Test
  void anEmptyWheelAsksForNoTicks() {
    wheel.set(timer("a"), now + TICK);
    passTo(now + 10 * TICK);
    assertThat(task).isNull();
  }

  @Test
  void afterALongStopEverythingThatIsDueExpiresOnce() {
    for (int i = 0; i < 5_000; i++) {
      wheel.set(timer("t" + i), now + i * TICK / 2);
    }
    now += 10_000 * TICK;
    runDue();
    assertThat(expired).hasSize(5_000).doesNotHaveDuplicates();
  }

  @Test
  void aTimerThatExpiresMaySetItselfAndOthers() {
    List<DeadlineWheel.Timer> timers = new ArrayList<>();
    DeadlineWheel.Timer other = timer("other");
    timers.add(
        new DeadlineWheel.Timer(() -> {
          expired.add("self");
          wheel.set(timers.getFirst(), now + 5 * TICK);
          wheel.set(other, now + TICK);
        }));
    wheel.set(timers.getFirst(), now + TICK);
    passTo(now + 9 * TICK);
    assertThat(expired).startsWith("self", "other", "self");
  }

  /// Random histories against the plain rule: due is what was set last and not cancelled.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyHistoryKeepsTheRule(long seed) {
    Random random = new Random(seed);
    Map<Integer, Long> deadlines = new HashMap<>();
    List<DeadlineWheel.Timer> timers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int index = i;
      timers.add(
          new DeadlineWheel.Timer(() -> {
            Long deadline = deadlines.remove(index);
            assertThat(deadline).isNotNull().isLessThanOrEqualTo(now);
          }));
    }
    for (int step = 0; step < 20_000; step++) {
      int index = random.nextInt(timers.size());
      switch (random.nextInt(4)) {
        case 0 -> {
          wheel.cancel(timers.get(index));
          deadlines.remove(index);
        }
        case 1 -> passTo(now + random.nextLong(4 * TICK));
        default -> {
          long deadline = now + random.nextLong(2_000 * TICK);
          wheel.set(timers.get(index), deadline);
          deadlines.put(index, deadline);
        }
      }
      assertThat(deadlines.values()).allMatch(deadline -> deadline > now - 2 * TICK);
    }
  }

  private DeadlineWheel.Timer timer(String name) {
    return new DeadlineWheel.Timer(() -> expired.add(name));
  }

  private void schedule(long nanos, Runnable scheduled) {
    assertThat(task).isNull();
    task = scheduled;
    due = now + nanos;
  }

  private void passTo(long time) {
    while (task != null && due <= time) {
      now = due;
      runDue();
    }
    now = time;
  }

  private void runDue() {
    Runnable run = task;
    task = null;
    if (run != null) {
      run.run();
    }
  }
}

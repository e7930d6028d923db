package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent.PhaseChanged;
import dev.ebb.dataplane.InstanceEvent.StartRefused;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionStats;
import java.net.UnixDomainSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {
  private static final StartRefused LASTING =
      new StartRefused(Fixture.REVISION, "ImageNotSupported", "no", true);

  private final AtomicInteger demands = new AtomicInteger();
  private final Throttle throttle =
      new Throttle(Fixture.REVISION, revision -> demands.incrementAndGet(), 0);

  @Test
  void aLastingRefusalIsAnsweredAtOnceForAWhile() {
    throttle.limits(Fixture.limits(1), 0);
    Request waited = new Request();
    throttle.acquire(waited, 0);
    throttle.startRefused(LASTING, 0);
    assertThat(waited.refusal).isNotNull();
    assertThat(demands).hasValue(1);

    Request soon = new Request();
    throttle.acquire(soon, seconds(4));
    assertThat(soon.refusal).isEqualTo(waited.refusal);
    assertThat(demands).hasValue(1);

    Request later = new Request();
    throttle.acquire(later, seconds(5));
    assertThat(later.refusal).isNull();
    assertThat(demands).hasValue(2);
  }

  @Test
  void aNewAttemptMakesALastingRefusalForgotten() {
    throttle.limits(Fixture.limits(1), 0);
    throttle.startRefused(LASTING, 0);
    throttle.starting(new InstanceId("i1"));
    Request request = new Request();
    throttle.acquire(request, seconds(1));
    assertThat(request.refusal).isNull();
    throttle.ready(instance("i1", Phase.READY), seconds(1));
    assertThat(request.slot).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"78, true", "1, false"})
  void onlyCodeThatCannotBeLoadedIsRemembered(int code, boolean remembered) {
    throttle.limits(Fixture.limits(1), 0);
    throttle.starting(new InstanceId("i1"));
    throttle.exited(failed("i1", code), 0);
    Request request = new Request();
    throttle.acquire(request, seconds(1));
    assertThat(request.refusal != null).isEqualTo(remembered);
  }

  @Test
  void oneThatIsNotReadyForNowGetsNothingAndIsWaitedFor() {
    throttle.limits(Fixture.limits(1), 0);
    throttle.ready(instance("i1", Phase.READY), 0);
    throttle.unready(new InstanceId("i1"));
    Request request = new Request();
    throttle.acquire(request, 0);
    assertThat(request.slot).isNull();
    throttle.starting(new InstanceId("i2"));
    throttle.exited(failed("i2", 1), 0);
    assertThat(request.refusal).as("i1 may still take it").isNull();
    throttle.ready(instance("i1", Phase.READY), 0);
    assertThat(request.held().instance.value()).isEqualTo("i1");
    throttle.unready(new InstanceId("i1"));
    throttle.release(request.held(), 0);
    throttle.drain(new InstanceId("i1"));
    throttle.ready(instance("i1", Phase.READY), 0);
    assertThat(throttle.peek().readyInstances()).as("it ends").isZero();
  }

  private static Instance failed(String id, int code) {
    return new Instance(
        new InstanceId(id),
        Fixture.REVISION,
        Phase.EXITED,
        Optional.empty(),
        1,
        Instant.EPOCH,
        Optional.empty(),
        true,
        Optional.of(new ExitStatus(code, 0, "Error", "SyntaxError")));
  }

  /// Random histories of arrivals, departures, cancellations, and instances that come, drain and
  /// go, against the throttle's promises, which are checked after each step.
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, 10", "5, 0", "6, 4"})
  void itsPromisesHoldInAnyHistory(long seed, int concurrency) {
    Random random = new Random(seed);
    throttle.limits(Fixture.limits(concurrency), 0);
    ArrayDeque<Request> waiting = new ArrayDeque<>();
    List<Request> running = new ArrayList<>();
    List<String> ready = new ArrayList<>();
    List<String> unready = new ArrayList<>();
    Map<String, Integer> load = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(22)) {
        case 0 -> {
          if (ready.size() < 5) {
            String id = "i" + step;
            ready.add(id);
            throttle.ready(instance(id, Phase.READY), step);
          }
        }
        case 1 -> {
          if (!ready.isEmpty()) {
            String id = ready.remove(random.nextInt(ready.size()));
            var drained = throttle.drain(new InstanceId(id)).toCompletableFuture();
            assertThat(drained.isDone()).isEqualTo(load.getOrDefault(id, 0) == 0);
            assertThat(throttle.exited(instance(id, Phase.EXITED), step)).isPresent();
          }
        }
        case 2 -> {
          Request last = waiting.pollLast();
          assertThat(last == null || throttle.cancel(last, step)).isTrue();
        }
        case 20 -> {
          if (!ready.isEmpty()) {
            String id = ready.remove(random.nextInt(ready.size()));
            unready.add(id);
            throttle.unready(new InstanceId(id));
          }
        }
        case 21 -> {
          if (!unready.isEmpty()) {
            String id = unready.remove(random.nextInt(unready.size()));
            ready.add(id);
            throttle.ready(instance(id, Phase.READY), step);
          }
        }
        case 3, 4, 5, 6, 7, 8, 9, 10 -> {
          if (!running.isEmpty()) {
            Request done = running.remove(random.nextInt(running.size()));
            throttle.release(done.held(), step);
          }
        }
        default -> {
          Request request = new Request();
          waiting.addLast(request);
          throttle.acquire(request, step);
          if (request.refusal != null) {
            assertThat(request.refusal.reason()).isEqualTo("QueueFull");
            waiting.removeLast();
          }
        }
      }
      boolean gap = false;
      for (Request request : List.copyOf(waiting)) {
        if (request.slot != null) {
          assertThat(gap).as("first in, first out").isFalse();
          waiting.remove(request);
          running.add(request);
        } else {
          gap = true;
        }
      }
      load.clear();
      running.forEach(request -> load.merge(request.held().instance.value(), 1, Integer::sum));
      RevisionStats stats = throttle.peek();
      assertThat(stats.inFlight()).isEqualTo(running.size());
      assertThat(stats.waiting()).isEqualTo(waiting.size());
      assertThat(stats.readyInstances()).isEqualTo(ready.size());
      if (concurrency > 0) {
        assertThat(load.values()).allMatch(count -> count <= concurrency);
      }
      if (!waiting.isEmpty()) {
        assertThat(ready)
            .as("no free slot while one waits")
            .allMatch(id -> full(load, id, concurrency));
      }
    }
    running.forEach(request -> throttle.release(request.held(), 20_000));
    assertThat(throttle.peek().inFlight()).isLessThanOrEqualTo(100);
  }

  @Test
  void averageConcurrencyIsWeightedByTime() {
    throttle.limits(Fixture.limits(1), 0);
    throttle.ready(instance("i", Phase.READY), 0);
    Request one = new Request();
    Request two = new Request();
    throttle.acquire(one, seconds(0));
    throttle.acquire(two, seconds(2));
    throttle.release(one.held(), seconds(3));
    throttle.release(two.held(), seconds(4));
    RevisionStats stats = throttle.collect(seconds(10));
    assertThat(stats.averageConcurrency()).isCloseTo(0.5, Offset.offset(1e-9));
    assertThat(stats.requestCount()).isEqualTo(2);
    assertThat(throttle.collect(seconds(20)).averageConcurrency()).isZero();
  }

  @Test
  void fewSlotsArePackedAndManyAreSpread() {
    assertThat(placements(3)).containsExactly(3, 0, 0);
    Throttle spread = new Throttle(Fixture.REVISION, revision -> {}, 0);
    assertThat(placements(spread, 10)).containsExactly(1, 1, 1);
  }

  @Test
  void aPermanentRefusalFailsThoseThatWaitAndATemporaryOneDoesNot() {
    throttle.limits(Fixture.limits(1), 0);
    Request request = new Request();
    throttle.acquire(request, 0);
    assertThat(demands).hasValue(1);
    throttle.startRefused(
        new StartRefused(Fixture.REVISION, "MachineBudgetExceeded", "full", false), 1);
    assertThat(request.refusal).isNull();
    throttle.startRefused(new StartRefused(Fixture.REVISION, "PackageMissing", "gone", true), 2);
    assertThat(request.refusal).extracting("reason").isEqualTo("InstanceStartFailed");
  }

  @Test
  void aSuspendedInstanceGetsNothingUntilItIsResumed() {
    throttle.limits(Fixture.limits(0), 0);
    throttle.ready(instance("i", Phase.READY), 0);
    Request one = new Request();
    throttle.acquire(one, 0);
    throttle.suspend(one.held());
    Request two = new Request();
    throttle.acquire(two, 1);
    assertThat(two.slot).isNull();
    throttle.resume(one.held(), 2);
    assertThat(two.slot).isNotNull();
  }

  private List<Integer> placements(int concurrency) {
    return placements(throttle, concurrency);
  }

  private static List<Integer> placements(Throttle throttle, int concurrency) {
    throttle.limits(Fixture.limits(concurrency), 0);
    List<String> ids = List.of("a", "b", "c");
    ids.forEach(id -> throttle.ready(instance(id, Phase.READY), 0));
    for (int i = 0; i < 3; i++) {
      throttle.acquire(new Request(), 0);
    }
    return ids.stream().map(id -> throttle.inFlight(new InstanceId(id))).toList();
  }

  private static boolean full(Map<String, Integer> load, String id, int concurrency) {
    return concurrency > 0 && load.getOrDefault(id, 0) == concurrency;
  }

  private static long seconds(long count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  private static Instance instance(String id, Phase phase) {
    return ((PhaseChanged)
            Fixture.event(id, phase, Optional.of(UnixDomainSocketAddress.of("/tmp/none"))))
        .instance();
  }

  private static final class Request implements Waiter {
    @org.jspecify.annotations.Nullable Slot slot;
    @org.jspecify.annotations.Nullable Failure refusal;

    @Override
    public void granted(Slot granted) {
      slot = granted;
    }

    @Override
    public void refused(Failure failure) {
      refusal = failure;
    }

    Slot held() {
      Slot present = slot;
      if (present == null) {
        throw new AssertionError("no slot");
      }
      return present;
    }
  }
}

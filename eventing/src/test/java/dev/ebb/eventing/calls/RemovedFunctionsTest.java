package dev.ebb.eventing.calls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ebb.eventing.log.EventLog;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.kinds.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is left of functions that are removed: nothing, and nothing is lost.
@Timeout(300)
class RemovedFunctionsTest {
  private static final Streams.Name NAME =
      new Streams.Name(Streams.Kind.CALL, "faas-request", Stage.HELLO);

  private static final int ROUNDS = 1_000;

  private static void sweep(Stage stage) {
    stage.advance(Sweeper.PERIOD);
    stage.run();
  }

  @Test
  void aStreamGoesWithItsFunctionAndDoesNotComeBack() {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("a"));
      stage.run();
      sweep(stage);
      assertThat(stage.log().streams()).as("of a function that is there").hasSize(1);
      stage.functions.remove(Stage.HELLO);
      sweep(stage);
      assertThat(stage.log().streams()).isEmpty();
      assertThat(stage.calls.queues(_ -> true)).isEmpty();
      assertThat(stage.calls.metrics().toString()).doesNotContain("hello", "faas-request");
      assertThat(stage.calls.size()).isZero();
      try (Stage next = stage.afterKill()) {
        next.calls.start();
        assertThat(next.log().streams()).isEmpty();
        next.functions.put(Stage.HELLO, RetryPolicy.DEFAULT);
        next.accept(Stage.call("b"));
        assertThat(next.run().requests).containsExactly("openfaas-fn/hello POST / b");
      }
    }
  }

  @Test
  void whatAnEarlierProcessLeftIsClearedUp() {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("a"));
      stage.run();
      stage.functions.remove(Stage.HELLO);
      try (Stage next = stage.afterKill()) {
        next.functions.remove(Stage.HELLO);
        next.calls.start();
        assertThat(next.log().streams()).hasSize(1);
        next.run();
        assertThat(next.log().streams()).isEmpty();
      }
    }
  }

  @Test
  void whatIsDelayedIsADeadLetterFirst() {
    try (Stage stage = new Stage()) {
      stage.answers.add("500");
      stage.accept(Stage.call("a"));
      stage.run();
      stage.functions.remove(Stage.HELLO);
      // The policy's delay is not over at the first look.
      stage.calls.work();
      assertThat(stage.log().streams()).hasSize(1);
      sweep(stage);
      sweep(stage);
      assertThat(stage.log().streams())
          .containsExactly("calls/dead/faas-request/openfaas-fn/hello");
      assertThat(stage.calls.queues(_ -> true))
          .extracting(CallBooks.Queue::waiting, CallBooks.Queue::dead)
          .containsExactly(tuple(0L, 1L));
      assertThat(stage.calls.show(_ -> true, "a", 10).orElseThrow().entry().error())
          .isEqualTo("there is no function openfaas-fn/hello any more");
      String metrics = stage.calls.metrics().toString();
      assertThat(metrics).containsOnlyOnce("function_name=hello.openfaas-fn");

      stage.functions.put(Stage.HELLO, RetryPolicy.DEFAULT);
      assertThat(stage.calls.retry(_ -> true, Optional.of("a"))).isEqualTo(1);
      assertThat(stage.run().requests).hasSize(2);
      stage.functions.remove(Stage.HELLO);
      sweep(stage);
      assertThat(stage.log().streams()).isEmpty();
    }
  }

  /// While its body comes, the function goes, and all that was empty.
  @Test
  void aCallThatIsAcceptedMeanwhileIsKept() throws IOException {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("first"));
      stage.run();
      byte[] body = "late".getBytes(UTF_8);
      stage.calls.accept(
          Stage.call("late"),
          new ByteArrayInputStream(body) {
            @Override
            public synchronized int read(byte[] into, int from, int count) {
              stage.functions.remove(Stage.HELLO);
              sweep(stage);
              return super.read(into, from, count);
            }
          });
      assertThat(stage.calls.list(_ -> true, 10)).extracting(CallBooks.Entry::id).contains("late");
      sweep(stage);
      assertThat(stage.calls.list(_ -> true, 10))
          .extracting(CallBooks.Entry::id, CallBooks.Entry::state)
          .containsExactly(tuple("late", CallBooks.State.DEAD));
    }
  }

  @Test
  void onlyWhatNobodyUsesAndIsEmptyGoes() {
    try (Stage stage = new Stage();
        EventLog log = stage.openLog()) {
      Lanes lanes = new Lanes(log, CallsConfig.defaults());
      Lane lane = lanes.use(NAME);
      assertThat(lanes.remove(NAME)).as("in use").isEmpty();
      Futures.join(lane.stream().append(new NewEvent(new byte[0], new byte[0])));
      lane.leave();
      assertThat(lanes.remove(NAME)).as("not empty").isEmpty();
      assertThat(Futures.join(lane.cursor().discard(1))).isTrue();
      assertThat(lanes.remove(NAME)).containsSame(lane);
      assertThat(lanes.remove(NAME)).isEmpty();
      assertThat(lane.enter()).isFalse();
      assertThat(lanes.useIfOpen(NAME)).isEmpty();
      Lane next = lanes.use(NAME);
      assertThat(next).isNotSameAs(lane);
      assertThat(next.stream().status().last()).as("a new stream").isZero();
    }
  }

  /// One thread accepts and acknowledges, another removes all the time.
  @Test
  void nothingIsLostWhoeverComesFirst() throws Exception {
    try (Stage stage = new Stage();
        EventLog log = stage.openLog();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Lanes lanes = new Lanes(log, CallsConfig.defaults());
      AtomicBoolean done = new AtomicBoolean();
      Future<Integer> removed =
          threads.submit(() -> {
            int count = 0;
            while (!done.get()) {
              count += lanes.remove(NAME).isPresent() ? 1 : 0;
            }
            return count;
          });
      int kept = acceptAndTake(lanes);
      done.set(true);
      assertThat(removed.get()).isGreaterThanOrEqualTo(ROUNDS / 10);
      assertThat(kept).isEqualTo(ROUNDS);
    }
  }

  private static int acceptAndTake(Lanes lanes) {
    int kept = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Lane lane = lanes.use(NAME);
      long sequence;
      try {
        sequence = Futures.join(lane.stream().append(new NewEvent(new byte[0], new byte[0])));
      } finally {
        lane.leave();
      }
      // Not in use, but not empty.
      Lane later = lanes.use(NAME);
      kept += later == lane && Futures.join(later.cursor().discard(sequence)) ? 1 : 0;
      later.leave();
      while (i % 10 == 0 && lane.enter()) {
        // Until it is removed for once.
        lane.leave();
        Thread.onSpinWait();
      }
    }
    return kept;
  }

  @Test
  void tenThousandFunctionsLeaveNothing() {
    int count = 10_000;
    try (Stage stage = new Stage()) {
      for (int i = 0; i < count; i++) {
        ObjectKey function = new ObjectKey("openfaas-fn", "f" + i);
        stage.functions.put(function, RetryPolicy.DEFAULT);
        stage.accept(Stage.call("c" + i, function, "queue" + i % 100));
      }
      stage.run();
      assertThat(stage.requests).hasSize(count);
      assertThat(stage.log().status().streams()).isEqualTo(count);
      assertThat(stage.calls.size()).isGreaterThan(2 * count);
      stage.functions.clear();
      sweep(stage);
      assertThat(stage.log().status().streams()).isZero();
      assertThat(stage.calls.size()).isZero();
    }
  }
}

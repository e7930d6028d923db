package dev.ebb.eventing.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.calls.AsyncCalls.Cancellation;
import dev.ebb.eventing.log.EventLog;
import dev.ebb.kinds.ObjectKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Calls are found by their ids without reading all that wait, by the count of reads of the disk.
class IdIndexTest {
  private static final int COUNT = 1_000;

  /// Of one event: its head and the rest, for looking and for taking.
  private static final int A_FEW = 10;

  private static final ObjectKey OTHER = new ObjectKey("openfaas-fn", "other");

  private static Stage full() {
    Stage stage = new Stage();
    stage.functions.put(OTHER, RetryPolicy.DEFAULT);
    for (int i = 0; i < COUNT; i++) {
      stage.accept(Stage.call("c" + i));
    }
    return stage;
  }

  @Test
  void oneIsFoundWithoutTheOthers() {
    try (Stage stage = full()) {
      long before = stage.reads();
      assertThat(stage.calls.cancel("c700")).isEqualTo(Cancellation.CANCELLED);
      assertThat(stage.calls.cancel("c700")).isEqualTo(Cancellation.UNKNOWN);
      assertThat(stage.calls.cancel("none")).isEqualTo(Cancellation.UNKNOWN);
      assertThat(stage.calls.show(_ -> true, "c10", 10).orElseThrow().entry().id())
          .isEqualTo("c10");
      assertThat(stage.calls.drop(_ -> true, Optional.of("c999"))).isEqualTo(1);
      assertThat(stage.reads() - before).isBetween(1L, 3L * A_FEW);
      assertThat(stage.run().requests)
          .hasSize(COUNT - 2)
          .doesNotContain("openfaas-fn/hello POST / c700", "openfaas-fn/hello POST / c999");
    }
  }

  @Test
  void allOfOneIdAreMeant() {
    try (Stage stage = full()) {
      stage.accept(Stage.call("c5"));
      stage.accept(Stage.call("c5", OTHER, "slow-queue"));
      assertThat(stage.calls.drop(key -> key.equals(OTHER), Optional.of("c5"))).isEqualTo(1);
      assertThat(stage.calls.cancel("c5")).isEqualTo(Cancellation.CANCELLED);
      assertThat(stage.run().requests)
          .hasSize(COUNT - 1)
          .doesNotContain("openfaas-fn/hello POST / c5", "openfaas-fn/other POST / c5");
    }
  }

  @Test
  void whatAnEarlierProcessLeftIsReadOnce() {
    try (Stage stage = full();
        Stage next = stage.afterKill()) {
      next.calls.start();
      next.accept(Stage.call("c5"));
      long before = next.reads();
      assertThat(next.calls.cancel("c5")).isEqualTo(Cancellation.CANCELLED);
      assertThat(next.reads() - before).isGreaterThanOrEqualTo(COUNT);
      before = next.reads();
      assertThat(next.calls.cancel("c6")).isEqualTo(Cancellation.CANCELLED);
      assertThat(next.calls.cancel("none")).isEqualTo(Cancellation.UNKNOWN);
      assertThat(next.reads() - before).isLessThanOrEqualTo(A_FEW);
      assertThat(next.run().requests).hasSize(COUNT - 2);
    }
  }

  @Test
  void deadLettersAreFoundAndRetried() {
    try (Stage stage = full()) {
      for (int i = 0; i < COUNT; i++) {
        stage.answers.add("400");
      }
      stage.run();
      assertThat(stage.calls.cancel("c7")).as("no call waits").isEqualTo(Cancellation.UNKNOWN);
      long before = stage.reads();
      assertThat(stage.calls.retry(_ -> true, Optional.of("c7"))).isEqualTo(1);
      assertThat(stage.reads() - before).isLessThanOrEqualTo(A_FEW);
      assertThat(stage.calls.cancel("c7")).isEqualTo(Cancellation.CANCELLED);
      assertThat(stage.calls.drop(_ -> true, Optional.of("c8"))).isEqualTo(1);
      assertThat(stage.calls.drop(_ -> true, Optional.empty())).isEqualTo(COUNT - 2);
    }
  }

  @Test
  void itTakesFourBytesForWhatWaitsAndNothingForTheRest() {
    try (Stage stage = new Stage();
        EventLog log = stage.openLog()) {
      OpenStream open =
          OpenStream.open(
              log,
              new Streams.Name(Streams.Kind.CALL, "queue", Stage.HELLO),
              CallsConfig.defaults());
      IdIndex index = open.index();
      int waiting = 2_000_000;
      for (int sequence = 1; sequence <= waiting; sequence++) {
        index.add(sequence, "id");
      }
      assertThat(index.size()).isBetween((long) waiting, waiting + 256L);
      // None of them is in the stream.
      index.purge();
      assertThat(index.size()).isZero();
      index.add(3, "id");
      assertThat(index.size()).isEqualTo(8);
    }
  }

  @Test
  void whatIsDoneWithIsForgotten() {
    try (Stage stage = full()) {
      assertThat(stage.indexed()).isGreaterThanOrEqualTo(COUNT);
      stage.run();
      stage.accept(Stage.call("last"));
      stage.advance(Sweeper.PERIOD);
      stage.calls.work();
      stage.run();
      assertThat(stage.indexed()).isLessThanOrEqualTo(256);
    }
  }
}

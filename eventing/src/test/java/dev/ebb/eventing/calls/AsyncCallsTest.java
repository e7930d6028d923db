package dev.ebb.eventing.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.ebb.eventing.calls.AsyncCalls.Cancellation;
import dev.ebb.eventing.calls.CallBooks.State;
import dev.ebb.kinds.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsyncCallsTest {
  private static final ObjectKey SLOW = new ObjectKey("openfaas-fn", "slow");

  private static List<State> states(Stage stage) {
    return stage.calls.list(_ -> true, 100).stream().map(CallBooks.Entry::state).toList();
  }

  @Test
  void callsAreMadeInTheirOrderAndOnce() {
    try (Stage stage = new Stage()) {
      for (int i = 0; i < 20; i++) {
        stage.accept(Stage.call("c" + i));
      }
      stage.run();
      assertThat(stage.requests).hasSize(20).doesNotHaveDuplicates();
      assertThat(stage.requests.getFirst()).isEqualTo("openfaas-fn/hello POST / c0");
      assertThat(stage.requests.getLast()).endsWith(" c19");
      assertThat(states(stage)).isEmpty();
      assertThat(stage.run().requests).hasSize(20);
    }
  }

  @Test
  void whatWasAcceptedIsMadeByTheNextProcess() {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("waits"));
      stage.accept(Stage.call("running"));
      stage.begin();
      try (Stage next = stage.afterKill()) {
        assertThat(next.run().requests)
            .containsExactly("openfaas-fn/hello POST / waits", "openfaas-fn/hello POST / running");
      }
    }
  }

  /// With the policy's 10 s, 20 s ... 120 s.
  @ParameterizedTest
  @CsvSource({
    "500, 10",
    "429, 10",
    "429 after 30, 30",
    "429 after 1, 10",
    "429 after never, 10",
    "'429 after Sun, 22 Nov 2026 00:01:00 GMT', 60",
    "broken, 10",
    "504 refused Timeout, 10",
    "503 refused InstanceStartFailed, 10",
    "503 refused QueueFull, 1",
    "404 refused NoRoute, 1"
  })
  void whatFailsIsMadeAgainLater(String answer, int seconds) {
    try (Stage stage = new Stage()) {
      stage.answers.add(answer);
      stage.accept(Stage.call("c"));
      stage.run();
      assertThat(states(stage)).containsExactly(State.DELAYED);
      stage.advance(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(stage.run().requests).hasSize(1);
      stage.advance(Duration.ofMillis(1));
      assertThat(stage.run().requests).hasSize(2);
      assertThat(states(stage)).isEmpty();
    }
  }

  @Test
  void refusalsOfTheGatewayCountAsNoAttempt() {
    try (Stage stage = new Stage()) {
      stage.functions.put(
          Stage.HELLO, new RetryPolicy(2, Set.of(500), Duration.ZERO, Duration.ZERO));
      for (int i = 0; i < 5; i++) {
        stage.answers.add("503 refused Overloaded");
      }
      stage.answers.add("500");
      stage.accept(Stage.call("c"));
      for (int i = 0; i < 10; i++) {
        stage.run().advance(Duration.ofSeconds(30));
      }
      assertThat(stage.requests).hasSize(7);
      assertThat(states(stage)).isEmpty();
    }
  }

  /// Answers of all attempts but the last, which is well; what the letter says.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 500 500 | the function answered 500 | 500 | 3",
        "500 400 | the function answered 400 | 400 | 2",
        "503 | the function answered 503 | 503 | 1",
        "broken broken broken | the call broke: connection reset | 0 | 3"
      })
  void whatFailsForGoodIsADeadLetter(String answers, String reason, int status, int attempts) {
    try (Stage stage = new Stage()) {
      stage.functions.put(
          Stage.HELLO,
          new RetryPolicy(3, Set.of(500), Duration.ofSeconds(1), Duration.ofSeconds(1)));
      stage.answers.addAll(List.of(answers.split(" ")));
      stage.accept(Stage.call("c"));
      for (int i = 0; i < 5; i++) {
        stage.run().advance(Duration.ofSeconds(1));
      }
      assertThat(states(stage)).containsExactly(State.DEAD);
      CallBooks.Detail detail = stage.calls.show(_ -> true, "c", 100).orElseThrow();
      assertThat(detail.death().orElseThrow())
          .extracting(Death::reason, Death::status, Death::attempts)
          .containsExactly(reason, status, attempts);
      assertThat(detail.body()).asString().isEqualTo("c");

      assertThat(stage.calls.retry(_ -> true, Optional.of("other"))).isZero();
      assertThat(stage.calls.retry(_ -> true, Optional.of("c"))).isEqualTo(1);
      int before = stage.requests.size();
      assertThat(stage.run().requests).hasSize(before + 1);
      assertThat(states(stage)).isEmpty();
    }
  }

  @Test
  void deadLettersSurviveAndAreDropped() {
    try (Stage stage = new Stage()) {
      stage.answers.addAll(List.of("400", "400"));
      stage.accept(Stage.call("a"));
      stage.accept(Stage.call("b"));
      stage.run();
      try (Stage next = stage.afterKill()) {
        next.run();
        assertThat(states(next)).containsExactly(State.DEAD, State.DEAD);
        assertThat(next.calls.drop(key -> key.equals(SLOW), Optional.empty())).isZero();
        assertThat(next.calls.drop(_ -> true, Optional.of("a"))).isEqualTo(1);
        assertThat(next.calls.drop(_ -> true, Optional.empty())).isEqualTo(1);
        assertThat(states(next)).isEmpty();
      }
    }
  }

  @Test
  void callsOfFunctionsThatAreGoneAreDeadLetters() {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("c"));
      stage.functions.remove(Stage.HELLO);
      stage.run();
      assertThat(stage.requests).isEmpty();
      assertThat(stage.calls.list(_ -> true, 10).getFirst().error())
          .isEqualTo("there is no function openfaas-fn/hello any more");
    }
  }

  @Test
  void aFunctionThatIsStuckHoldsNobodyUp() {
    try (Stage stage = new Stage(CallsConfig.defaults().withCalls(4, 64))) {
      stage.functions.put(SLOW, RetryPolicy.DEFAULT);
      for (int i = 0; i < 50; i++) {
        stage.accept(Stage.call("slow" + i, SLOW, "faas-request"));
      }
      // One of its own, and all that the queue's functions share.
      assertThat(stage.begin()).isEqualTo(5);
      stage.accept(Stage.call("c"));
      assertThat(stage.begin()).isEqualTo(6);
    }
  }

  @Test
  void aFunctionGetsAsMuchAsItCanTake() {
    try (Stage stage = new Stage()) {
      for (int i = 0; i < 200; i++) {
        stage.accept(Stage.call("c" + i));
      }
      assertThat(stage.begin()).isEqualTo(8);
      stage.answers.add("503 refused QueueFull");
      stage.finishOne();
      assertThat(stage.begin()).as("while it pauses").isEqualTo(7);
      for (int i = 0; i < 7; i++) {
        stage.finishOne();
      }
      stage.advance(Duration.ofSeconds(1));
      assertThat(stage.begin()).as("half, and one for each that went well").isEqualTo(11);
    }
  }

  /// Calls that take minutes do not tell in time what there is room for.
  @Test
  void aFunctionGetsAsManyCallsAsItHasInstances() {
    try (Stage stage = new Stage()) {
      for (int i = 0; i < 200; i++) {
        stage.accept(Stage.call("c" + i));
      }
      assertThat(stage.begin()).isEqualTo(8);
      List<Integer> begun = new ArrayList<>();
      for (int instances : new int[] {5, 20, 1000, 1}) {
        assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, instances)))
            .containsOnly(entry(Stage.HELLO, 200L));
        begun.add(stage.begin());
      }
      assertThat(begun).containsExactly(8, 20, 64, 64);
    }
  }

  @Test
  void theBacklogIsWhatIsNotDoneInAllQueues() {
    try (Stage stage = new Stage()) {
      assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, 1))).isEmpty();
      stage.functions.put(SLOW, RetryPolicy.DEFAULT);
      stage.accept(Stage.call("other", SLOW, "faas-request"));
      stage.accept(Stage.withCallback(Stage.call("c"), "http://example.com/", 0));
      stage.accept(Stage.call("d", Stage.HELLO, "own"));
      stage.accept(Stage.call("e", Stage.HELLO, "own"));
      assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, 1))).containsOnly(entry(Stage.HELLO, 3L));
      stage.answers.addAll(List.of("200", "200", "500", "400"));
      stage.begin();
      assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, 1)))
          .as("that are being made")
          .containsOnly(entry(Stage.HELLO, 3L));
      stage.run();
      assertThat(states(stage)).contains(State.DELAYED, State.DEAD);
      assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, 1, SLOW, 0)))
          .as("one waits to be made again, one is dead")
          .containsOnly(entry(Stage.HELLO, 1L));
      stage.calls.close();
      assertThat(stage.calls.backlogs(Map.of(Stage.HELLO, 1))).isEmpty();
    }
  }

  @Test
  void whoeverIsToBeToldIsTold() {
    try (Stage stage = new Stage()) {
      stage.answers.addAll(List.of("500", "200 done", "502", "204"));
      stage.accept(Stage.withCallback(Stage.call("c"), "http://example.com/told", 2));
      for (int i = 0; i < 3; i++) {
        stage.run().advance(Duration.ofSeconds(10));
      }
      assertThat(stage.requests)
          .containsExactly(
              "openfaas-fn/hello POST / c",
              "openfaas-fn/hello POST / c",
              "callback http://example.com/told done",
              "callback http://example.com/told done");
      assertThat(stage.callbackHeaders.getLast())
          .containsEntry("x-call-id", List.of("c"))
          .containsEntry("x-function-name", List.of("hello"))
          .containsEntry("x-function-status", List.of("200"))
          .containsEntry("x-duration-seconds", List.of("0.000000"))
          .containsEntry("x-retry", List.of("1"))
          .containsEntry("x-retry-max", List.of("10"))
          .containsEntry("x-ebb-callback-hops", List.of("3"))
          .containsEntry("content-type", List.of("text/plain"))
          .containsKey("x-start-time");
      assertThat(states(stage)).isEmpty();
    }
  }

  /// What the function answers, what the caller is told of.
  @ParameterizedTest
  @CsvSource({
    "404 nothing, 404, nothing",
    "broken, 503, ''",
    "503 refused InstanceStartFailed, 503, ''"
  })
  void failuresAreToldToo(String answer, String status, String body) {
    try (Stage stage = new Stage()) {
      stage.functions.put(
          Stage.HELLO, new RetryPolicy(1, Set.of(500), Duration.ZERO, Duration.ZERO));
      stage.answers.add(answer);
      stage.accept(Stage.withCallback(Stage.call("c"), "http://example.com/", 0));
      stage.run();
      assertThat(stage.requests.getLast().strip())
          .isEqualTo(("callback http://example.com/ " + body).strip());
      assertThat(stage.callbackHeaders.getLast())
          .containsEntry("x-function-status", List.of(status))
          .doesNotContainKey("x-retry");
      assertThat(states(stage)).containsExactly(State.DEAD);
    }
  }

  @ParameterizedTest
  @CsvSource({"http://inside/, 0, inside is no address", "http://example.com/, 410, answered 410"})
  void callbacksThatCannotBeMadeAreDeadLettersToo(String url, String status, String reason) {
    try (Stage stage = new Stage()) {
      stage.answers.addAll(List.of("200", status));
      stage.accept(Stage.withCallback(Stage.call("c"), url, 0));
      stage.run();
      CallBooks.Entry entry = stage.calls.list(_ -> true, 10).getFirst();
      assertThat(entry.callback()).isTrue();
      assertThat(entry.error()).contains(reason);
      assertThat(stage.calls.retry(_ -> true, Optional.empty())).isEqualTo(1);
    }
  }

  @Test
  void aCallIsCancelledBeforeItBegins() {
    try (Stage stage = new Stage()) {
      assertThat(stage.calls.cancel("a")).isEqualTo(Cancellation.UNKNOWN);
      stage.accept(Stage.call("a"));
      assertThat(stage.calls.cancel("b")).isEqualTo(Cancellation.UNKNOWN);
      assertThat(stage.calls.cancel("a")).isEqualTo(Cancellation.CANCELLED);
      stage.accept(Stage.call("c"));
      stage.begin();
      assertThat(stage.calls.cancel("c")).isEqualTo(Cancellation.TOO_LATE);
      assertThat(stage.run().requests).containsExactly("openfaas-fn/hello POST / c");
    }
  }

  @Test
  void whatCannotBeTakenIsRefusedAndNotStored() {
    try (Stage stage = new Stage(CallsConfig.defaults().withMaxBodyBytes(10).withQueuedCalls(2))) {
      assertRefused(stage, Stage.call("12345678901"), CallRefusedException.Reason.TOO_LARGE);
      assertRefused(
          stage,
          Stage.withCallback(Stage.call("c"), "http://example.com/", 9),
          CallRefusedException.Reason.LOOP);
      assertRefused(
          stage, Stage.call("c", Stage.HELLO, "a/b"), CallRefusedException.Reason.INVALID);
      assertThat(states(stage)).isEmpty();
      stage.accept(Stage.call("a"));
      stage.accept(Stage.call("b"));
      assertRefused(stage, Stage.call("c"), CallRefusedException.Reason.QUEUE_FULL);
      assertThat(stage.run().requests).hasSize(2);
      stage.accept(Stage.call("c"));
      assertThat(stage.run().requests).hasSize(3);
    }
  }

  private static void assertRefused(Stage stage, Call call, CallRefusedException.Reason reason) {
    assertThatThrownBy(() -> stage.accept(call))
        .isInstanceOfSatisfying(
            CallRefusedException.class, it -> assertThat(it.reason()).isEqualTo(reason));
  }

  @Test
  void aFullDiskIsToldAndNothingIsLost() {
    try (Stage stage = new Stage()) {
      stage.accept(Stage.call("a"));
      stage.limitDisk(0);
      assertRefused(stage, Stage.call("b"), CallRefusedException.Reason.DISK_FULL);
      stage.run();
      stage.limitDisk(Long.MAX_VALUE);
      stage.advance(Duration.ofMinutes(2));
      // The log has threads of its own: one of them may not have taken the call back yet.
      await().atMost(Duration.ofMinutes(1)).until(() -> states(stage.run()).isEmpty());
      assertThat(stage.requests).contains("openfaas-fn/hello POST / a");
    }
  }

  @Test
  void aBodyThatBreaksIsNoCall() {
    try (Stage stage = new Stage()) {
      InputStream broken =
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("the client left");
            }

            @Override
            public int read(byte[] into, int from, int count) throws IOException {
              return read();
            }
          };
      assertThatThrownBy(() -> stage.calls.accept(Stage.call("c"), broken))
          .isInstanceOf(IOException.class);
      assertThat(states(stage)).isEmpty();
    }
  }

  @Test
  void largeBodiesComeBackWhole() throws IOException {
    try (Stage stage = new Stage()) {
      byte[] body =
          "0123456789abcdef".repeat(20_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      stage.calls.accept(Stage.call("c"), new ByteArrayInputStream(body));
      stage.run();
      assertThat(stage.requests.getFirst())
          .endsWith(new String(body, java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void credentialsAreNotShown() {
    try (Stage stage = new Stage()) {
      Call call = Stage.withCallback(Stage.call("c"), "http://user:secret@example.com/x", 0);
      stage.accept(
          new Call(
              "c",
              call.queue(),
              call.function(),
              "POST",
              "/a",
              "q=1",
              java.util.Map.of("authorization", List.of("Bearer secret"), "a", List.of("b")),
              call.callback(),
              0,
              call.acceptedAt()));
      CallBooks.Detail detail = stage.calls.show(_ -> true, "c", 10).orElseThrow();
      assertThat(detail.toString()).doesNotContain("secret").contains("POST /a?q=1");
      assertThat(stage.calls.show(key -> !key.equals(Stage.HELLO), "c", 10)).isEmpty();
    }
  }

  @Test
  void queuesAreCounted() {
    try (Stage stage = new Stage()) {
      stage.answers.addAll(List.of("400", "500"));
      for (String id : List.of("dead", "delayed", "well")) {
        stage.accept(Stage.call(id));
      }
      stage.run();
      stage.accept(Stage.call("waits"));
      CallBooks.Queue queue = stage.calls.queues(_ -> true).getFirst();
      assertThat(queue)
          .extracting(
              CallBooks.Queue::waiting,
              CallBooks.Queue::running,
              CallBooks.Queue::delayed,
              CallBooks.Queue::dead)
          .containsExactly(1L, 0L, 1L, 1L);
      assertThat(stage.calls.metrics().toString())
          .contains("queue_worker_pending_messages", "function_name=hello.openfaas-fn")
          .contains("ebb_async_dead_letters");
    }
  }
}

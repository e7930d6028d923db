package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallBooks;
import dev.ebb.eventing.calls.CallRefusedException;
import dev.ebb.eventing.calls.CallSender;
import dev.ebb.eventing.calls.CallsConfig;
import dev.ebb.eventing.calls.RetryPolicy;
import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.log.Payload;
import dev.ebb.eventing.testing.SimulatedFiles;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.WriteOptions;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `/async-function/`, with nobody who makes the calls.
class AsyncFunctionsTest {
  private final World world = new World();
  private final SimulatedFiles files = new SimulatedFiles();

  /// None of a function is made, so that all wait.
  private final AsyncCalls calls =
      new AsyncCalls(
          CallsConfig.defaults().withMaxBodyBytes(100).withQueuedCalls(3).withCalls(1, 0),
          () ->
              new EmbeddedEventLog(
                  files,
                  EmbeddedLogSettings.defaults().withClock(world.resources.clock()),
                  new Random(1),
                  /* threaded= */ true),
          new AsyncRetries(world.resources),
          new Nobody(),
          world.resources.clock(),
          Executors.newVirtualThreadPerTaskExecutor(),
          Thread.ofVirtual().factory(),
          () -> {});

  private final AsyncFunctions functions =
      new AsyncFunctions(
          world.resources,
          calls,
          url -> {
            if (url.getPort() == 6443) {
              throw new CallRefusedException(CallRefusedException.Reason.INVALID, "own port");
            }
          },
          world.resources.clock());

  private static final class Nobody implements CallSender {
    @Override
    public Answer call(Call call, Payload body) {
      throw new AssertionError("nobody calls");
    }

    @Override
    public Answer callBack(URI url, Map<String, List<String>> headers, Payload body) {
      throw new AssertionError("nobody calls back");
    }
  }

  @BeforeEach
  void deploy() {
    deploy("hello", "{}");
    deploy("slow", "{\"com.openfaas.queue\":\"slow-queue\"}");
  }

  private void deploy(String name, String annotations) {
    assertThat(
            world
                .admin()
                .call(
                    "POST /system/functions",
                    "{\"service\":\"%s\",\"image\":\"docker.io/library/x:1\",\"annotations\":%s}"
                        .formatted(name, annotations))
                .status())
        .isEqualTo(202);
  }

  @AfterEach
  void close() {
    calls.close();
    world.close();
  }

  private final Caller caller = new Caller(functions);

  private Caller.Answer send(String line, String body, Map<String, String> headers) {
    return caller.call(line, body, headers);
  }

  @Test
  void aCallIsAcceptedAndKept() {
    Caller.Answer answer =
        send("POST /async-function/slow/deep/path?q=1", "hi", Map.of("content-type", "text/plain"));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    String id = answer.headers().getOrDefault("X-Call-Id", "");
    CallBooks.Detail kept = calls.show(_ -> true, id, 10).orElseThrow();
    assertThat(kept.target()).isEqualTo("POST /deep/path?q=1");
    assertThat(kept.entry().queue()).isEqualTo("slow-queue");
    assertThat(kept.entry().function()).isEqualTo(new ObjectKey("openfaas-fn", "slow"));
    assertThat(kept.headers()).containsEntry("x-call-id", List.of(id)).containsKey("content-type");
    assertThat(kept.body()).asString(UTF_8).isEqualTo("hi");
  }

  @Test
  void aQueueThatIsThereTakesCallsWithoutAThreadThatWaits() {
    assertThat(send("POST /async-function/hello", "a", Map.of("x-call-id", "1")).status())
        .isEqualTo(202);
    assertThat(caller.prompts()).isZero();
    Caller.Answer second = send("POST /async-function/hello/b?c", "d", Map.of("x-call-id", "2"));
    assertThat(second.status()).isEqualTo(202);
    assertThat(second.headers()).containsEntry("X-Call-Id", "2").containsKey("X-Start-Time");
    assertThat(caller.prompts()).isEqualTo(1);
    CallBooks.Detail kept = calls.show(_ -> true, "2", 10).orElseThrow();
    assertThat(kept.target()).isEqualTo("POST /b?c");
    assertThat(kept.body()).asString(UTF_8).isEqualTo("d");
    assertThat(send("POST /async-function/hello", "b".repeat(101), Map.of()).status())
        .isEqualTo(413);
    assertThat(send("POST /async-function/hello", "3", Map.of()).status()).isEqualTo(202);
    Caller.Answer full = send("POST /async-function/hello", "4", Map.of());
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.body()).contains("it may have 3 events");
    files.limit(0);
    assertThat(send("POST /async-function/slow", "5", Map.of()).status()).isEqualTo(507);
    assertThat(calls.list(_ -> true, 10)).hasSize(3);
  }

  @Test
  void theIdOfACallerIsKeptAndACallIsTakenBack() {
    assertThat(
            send(
                    "POST /async-function/hello.openfaas-fn",
                    "",
                    Map.of("x-call-id", "mine", "x-callback-url", "http://example.com/a"))
                .headers())
        .containsEntry("X-Call-Id", "mine");
    assertThat(calls.show(_ -> true, "mine", 0).orElseThrow().callback())
        .isEqualTo("http://example.com/a");
    Caller.Answer stranger = send("DELETE /async-function/mine", "", Map.of());
    assertThat(stranger.status()).isEqualTo(401);
    assertThat(stranger.headers()).containsKey("WWW-Authenticate");
    caller.as("admin", world.password());
    assertThat(send("DELETE /async-function/mine", "", Map.of()).status()).isEqualTo(202);
    assertThat(send("DELETE /async-function/mine", "", Map.of()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /async-function/nobody | 404 | error finding function nobody.openfaas-fn",
        "POST /async-function/hello.nowhere | 404 | error finding function hello.nowhere",
        "POST /async-function/ | 404 | error finding function",
        "POST /async-function | 404 | error finding function",
        "GET /async-function/hello | 405 | GET is not possible here"
      })
  void whatIsNotThereIsTold(String line, int status, String text) {
    Caller.Answer answer = send(line, "", Map.of());
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).startsWith(text);
    assertThat(calls.list(_ -> true, 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "x-callback-url, ftp://example.com/, 400",
    "x-callback-url, nowhere, 400",
    "x-callback-url, http://, 400",
    "x-callback-url, http://exa mple.com/, 400",
    "x-callback-url, https://127.0.0.1:6443/x, 400",
    "x-ebb-callback-hops, 9, 508",
    "x-ebb-callback-hops, many, 202",
    "x-callback-url, http://example.com/, 202"
  })
  void headersThatCannotBeAreRefused(String name, String value, int status) {
    assertThat(send("POST /async-function/hello", "", Map.of(name, value)).status())
        .isEqualTo(status);
  }

  @Test
  void longIdsAndBodiesAreRefused() {
    assertThat(
            send("POST /async-function/hello", "", Map.of("x-call-id", "i".repeat(257))).status())
        .isEqualTo(400);
    assertThat(send("POST /async-function/hello", "b".repeat(101), Map.of()).status())
        .isEqualTo(413);
    assertThat(send("POST /async-function/hello", "b".repeat(100), Map.of()).status())
        .isEqualTo(202);
  }

  @Test
  void aFullQueueAndAFullDiskAreTold() {
    for (int i = 0; i < 3; i++) {
      assertThat(send("POST /async-function/hello", "", Map.of()).status()).isEqualTo(202);
    }
    Caller.Answer full = send("POST /async-function/hello", "", Map.of());
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.body()).startsWith("Error queuing request: ");
    assertThat(send("POST /async-function/slow", "", Map.of()).status()).isEqualTo(202);
    files.limit(0);
    assertThat(send("POST /async-function/slow", "", Map.of()).status()).isEqualTo(507);
    files.limit(Long.MAX_VALUE);
    world
        .resources
        .clock()
        .advance(Duration.ofSeconds(1)); // whether there is room is tried so often
    assertThat(send("POST /async-function/slow", "", Map.of()).status()).isEqualTo(202);
  }

  @Test
  void whatIsLocalToTheClusterIsNotReachedFromHere() {
    ObjectKey key = new ObjectKey("openfaas-fn", "hello");
    KubernetesObject service = world.resources.get(ServingKinds.SERVICE, key);
    world.resources.update(
        ServingKinds.SERVICE,
        service.with(json ->
            json.withObject("/metadata/labels")
                .put("networking.knative.dev/visibility", "cluster-local")),
        WriteOptions.by("test"));
    assertThat(send("POST /async-function/hello", "", Map.of()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attempts=3 codes=500,503 min_wait=1s max_wait=1m30s | 3 | 500 503 | 1 | 90",
        "attempts=0 codes=500, min_wait=soon max_wait=-1s | 10 | 408 429 500 502 504 | 10 | 120",
        "attempts=many codes=99 min_wait=3m | 10 | 408 429 500 502 504 | 180 | 180",
        "attempts=999999 codes=429 | 10000 | 429 | 10 | 120"
      })
  void annotationsSayHowOftenACallIsMade(
      String annotations, int attempts, String codes, long least, long most) {
    Map<String, String> all = new HashMap<>();
    for (String annotation : annotations.split(" ")) {
      String[] parts = annotation.split("=", 2);
      all.put("com.openfaas.retry." + parts[0], parts[1]);
    }
    assertThat(AsyncRetries.of(all))
        .isEqualTo(
            new RetryPolicy(
                attempts,
                Set.copyOf(List.of(codes.split(" ")).stream().map(Integer::valueOf).toList()),
                Duration.ofSeconds(least),
                Duration.ofSeconds(most)));
  }

  @Test
  void functionsThatAreGoneHaveNoPolicy() {
    assertThat(new AsyncRetries(world.resources).policy(new ObjectKey("openfaas-fn", "gone")))
        .isEqualTo(Optional.empty());
  }
}

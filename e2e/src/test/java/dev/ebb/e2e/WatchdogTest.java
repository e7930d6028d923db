package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// What OpenFaaS owes a function's container, with a program that behaves at the wire as its
/// watchdogs do (`watchdog.go`): a process per request, health, readiness with 429, secrets,
/// timeouts, an end in order. And an image that has none.
@ExtendWith(SharedPlatform.class)
@Timeout(120)
class WatchdogTest {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String WATCHDOG = "docker.io/functions/watchdog:latest";
  private static final String PLAIN = "docker.io/functions/plain:latest";

  private static Platform platform;
  private static HttpClient client;
  private static String authorization;

  @BeforeAll
  static void deploy(SharedPlatform.Shared shared) throws Exception {
    LookAlikes.needRoot();
    platform = shared.platform();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    String password =
        platform
            .kubectl("get", "secret", "basic-auth", "-n", "openfaas")
            .with("-o", "jsonpath={.data.basic-auth-password}")
            .run()
            .orFail()
            .out();
    String user = "admin:" + new String(Base64.getDecoder().decode(password), UTF_8);
    authorization = "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
    load(WATCHDOG, "watchdog");
    load(PLAIN, "hello", "plain %s", "0s");
    load(PLAIN.replace("plain", "dawdler"), "hello", "%s at last", "1h");
    assertThat(system("POST", "secrets", "{\"name\":\"watched\",\"value\":\"s3cret\"}"))
        .isEqualTo(202);
    String forks = "\"envProcess\": \"/bin/lookalike function\"";
    deploy("forks", WATCHDOG, forks + ", \"secrets\": [\"watched\"]", Map.of("exec_timeout", "1s"));
    deploy(
        "full",
        WATCHDOG,
        forks
            + """
            , "labels": {"com.openfaas.scale.max": "1"},
            "annotations": {"com.openfaas.health.http.path": "/_/health",
                            "com.openfaas.ready.http.path": "/_/ready",
                            "com.openfaas.ready.http.periodSeconds": "1",
                            "com.openfaas.ready.http.failureThreshold": "1"}
            """,
        Map.of("max_inflight", "1"));
    deploy(
        "leaves", WATCHDOG, forks, Map.of("healthcheck_interval", "100ms", "write_timeout", "30s"));
    deploy("plain", PLAIN, "\"readOnlyRootFilesystem\": true", Map.of("TARGET", "image"));
    deploy(
        "dawdler",
        PLAIN.replace("plain", "dawdler"),
        "\"limits\": {}",
        Map.of("write_timeout", "1s"));
    for (String name : new String[] {"forks", "full", "leaves", "plain", "dawdler"}) {
      await(name).until(() -> available(name) == 1);
    }
  }

  @AfterAll
  static void remove() throws Exception {
    for (String name : new String[] {"forks", "full", "leaves", "plain", "dawdler"}) {
      system("DELETE", "functions", "{\"functionName\":\"%s\"}".formatted(name));
    }
    system("DELETE", "secrets", "{\"name\":\"watched\"}");
    client.shutdownNow();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          forks   | hello                                 | 200 hello
          forks   | env Http_Path                         | 200 /deep/path
          forks   | env Http_Query                        | 200 a=b
          forks   | env OPENFAAS_NAME                     | 200 forks
          forks   | env OPENFAAS_NAMESPACE                | 200 openfaas-fn
          forks   | cat /var/openfaas/secrets/watched     | 200 s3cret
          forks   | cat /nowhere                          | 500 exit status 1
          forks   | sleep 1h                              | 408 killed after 1s
          plain   | anything                              | 200 plain image
          dawdler | anything                              | 504
          """)
  void aCallHasItsAnswer(String name, String body, String answer) throws Exception {
    HttpResponse<String> response =
        call(name, BodyPublishers.ofString(body), Optional.empty()).get();
    assertThat(response.statusCode() + " " + response.body()).startsWith(answer);
  }

  @Test
  void theCallersPatienceReachesTheWatchdog() throws Exception {
    HttpResponse<String> response =
        call("full", BodyPublishers.ofString("sleep 1h"), Optional.of("50ms")).get();
    assertThat(response.body()).isEqualTo("killed after 50ms\n");
  }

  /// A watchdog that has all the requests it takes says 429 at its ready path, and would say so to
  /// the next request: which waits here until there is room.
  @Test
  void whoIsNotReadyGetsNoRequests() throws Exception {
    await("ready").until(() -> available("full") == 1);
    try (OpenCall first = new OpenCall("full", "first")) {
      await("not ready").until(() -> available("full") == 0);
      CompletableFuture<HttpResponse<String>> second =
          call("full", BodyPublishers.ofString("second"), Optional.empty());
      first.write("first");
      assertThat(first.answer()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nfirst");
      HttpResponse<String> answer = second.get();
      assertThat(answer.statusCode() + " " + answer.body()).isEqualTo("200 second");
    }
    await("ready again").until(() -> available("full") == 1);
  }

  @Test
  void aCallIsAnsweredWhoseFunctionIsRemovedMeanwhile() throws Exception {
    try (OpenCall call = new OpenCall("leaves", "in time")) {
      await("it is there")
          .until(() ->
              metric("ebb_gateway_in_flight{namespace=\"openfaas-fn\",revision=\"leaves-") == 1);
      assertThat(system("DELETE", "functions", "{\"functionName\":\"leaves\"}")).isEqualTo(202);
      await("nobody else gets there")
          .until(() ->
              call("leaves", BodyPublishers.ofString("late"), Optional.empty()).get().statusCode()
                  == 404);
      call.write("in time");
      assertThat(call.answer()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nin time");
    }
    await("its instance has ended")
        .until(() ->
            !platform.kubectl("get", "pods", "-n", "openfaas-fn").run().out().contains("leaves-"));
  }

  /// A call whose head is sent, and whose body is still to come.
  private static final class OpenCall implements AutoCloseable {
    private final Socket socket;

    OpenCall(String function, String body) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), platform.gatewayPort());
      socket.setSoTimeout((int) LIMIT.toMillis());
      write(
          "POST /function/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              .formatted(function, body.length()));
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    /// @return with its head
    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void load(String name, String... arguments) {
    String bare = name.replace(":latest", "");
    LookAlikes.load(platform, LookAlikes.image(platform, bare, "lookalike", arguments));
  }

  private static void deploy(
      String name, String image, String fields, Map<String, String> environment) throws Exception {
    String body =
        "{\"service\": \"%s\", \"image\": \"%s\", \"envVars\": %s, %s}"
            .formatted(name, image, new JsonMapper().writeValueAsString(environment), fields);
    assertThat(system("POST", "functions", body)).as(name).isEqualTo(202);
  }

  private static CompletableFuture<HttpResponse<String>> call(
      String function, HttpRequest.BodyPublisher body, Optional<String> timeout) {
    URI uri = URI.create(platform.gateway() + "/function/" + function + "/deep/path?a=b");
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(body).timeout(LIMIT);
    timeout.ifPresent(time -> request.header("X-Timeout", time));
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private static int system(String method, String path, String body) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(platform.gateway() + "/system/" + path))
                .header("Authorization", authorization)
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString())
        .statusCode();
  }

  private static int available(String function) throws Exception {
    String status =
        client
            .send(
                HttpRequest.newBuilder(
                        URI.create(platform.gateway() + "/system/function/" + function))
                    .header("Authorization", authorization)
                    .build(),
                BodyHandlers.ofString())
            .body();
    return new JsonMapper().readTree(status).path("availableReplicas").asInt(0);
  }

  /// @return the value of the first line with this beginning; 0 where there is none
  private static double metric(String beginning) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(platform.metricsUrl() + "/metrics")).build(),
              BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(beginning))
          .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .findFirst()
          .orElse(0.0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

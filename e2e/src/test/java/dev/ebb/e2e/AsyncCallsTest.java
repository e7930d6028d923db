package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/// Asynchronous calls of a real server: they survive its end, their answers are told, and what
/// fails for good is kept until it is retried. One server for all, which the first test kills.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class AsyncCallsTest {

  private static final String ECHO =
      "def main(request):\n    return (b'<' + request.body + b'>', 200, {'X-From': 'echo'})\n";

  private static Platform platform;
  private static HttpClient client;

  private final Receiver receiver = new Receiver();

  @BeforeAll
  static void start() {
    platform = Platform.start();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    deploy("echo", ECHO);
  }

  @AfterEach
  void end() {
    receiver.close();
  }

  @AfterAll
  static void stop() {
    client.close();
    platform.close();
  }

  /// Who is told, by the id of the call.
  private static final class Receiver implements AutoCloseable {
    private record Told(Headers headers, String body) {}

    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final HttpServer server;

    Receiver() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.createContext(
          "/",
          exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            Headers headers = exchange.getRequestHeaders();
            told.put(headers.getFirst("X-Call-Id"), new Told(headers, body));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/told";
    }

    Told told(String id) {
      return requireNonNull(told.get(id), id);
    }

    Set<String> ids() {
      return told.keySet();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private HttpResponse<String> call(String function, String id, String body) throws Exception {
    return call(function, id, body, receiver.url());
  }

  private static HttpResponse<String> call(
      String function, String id, String body, String callbackUrl) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(platform.gateway() + "/async-function/" + function))
            .header("X-Call-Id", id)
            .header("X-Callback-Url", callbackUrl)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void deploy(String name, String code) {
    platform.write(name + ".py", code);
    platform.ebb("deploy", name + ".py").run().orFail();
  }

  private static String async(String... words) {
    List<String> all = new ArrayList<>(List.of("async"));
    all.addAll(List.of(words));
    return platform.ebb(all.toArray(String[]::new)).run().orFail().out();
  }

  @Test
  @Order(1)
  void acceptedCallsSurviveTheEndOfTheServer() throws Exception {
    assertThat(platform.dataDirectory().resolve("events")).doesNotExist();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ids.add("call-" + i);
      HttpResponse<String> accepted = call("echo", "call-" + i, "body " + i);
      assertThat(accepted.statusCode()).isEqualTo(202);
      assertThat(accepted.headers().firstValue("X-Call-Id")).contains("call-" + i);
      assertThat(accepted.body()).isEmpty();
    }
    platform.kill();
    platform.startAgain();
    await("all were told: " + ids)
        .untilAsserted(() -> assertThat(receiver.ids()).containsExactlyInAnyOrderElementsOf(ids));
    Receiver.Told told = receiver.told("call-7");
    assertThat(told.body()).isEqualTo("<body 7>");
    assertThat(told.headers().getFirst("X-Function-Status")).isEqualTo("200");
    assertThat(told.headers().getFirst("X-Function-Name")).isEqualTo("echo");
    assertThat(told.headers().getFirst("X-Duration-Seconds")).matches("[0-9]+\\.[0-9]{6}");
    assertThat(told.headers().getFirst("X-Start-Time")).matches("[0-9]{19}");
    assertThat(told.headers().getFirst("X-From")).isEqualTo("echo");
    await().until(() -> async("ls").startsWith("No asynchronous calls"));
    assertThat(platform.curl(platform.metricsUrl() + "/metrics").run().orFail().out())
        .contains("queue_worker_pending_messages{", "function_name=\"echo.default\"");
  }

  @Test
  @Order(2)
  void whatFailsForGoodIsRetriedWhenTheFunctionIsMended() throws Exception {
    deploy("broken", "def main():\n    return ('no', 418)\n");
    assertThat(call("broken", "poor", "something").statusCode()).isEqualTo(202);
    String listed = await("a dead letter").until(() -> async("ls"), it -> it.contains(" dead "));
    assertThat(listed).contains("poor", "broken.default", "the function answered 418");
    assertThat(async("show", "poor"))
        .contains("State:       dead", "Request:     POST /", "x-call-id: poor", "something");
    await().until(() -> receiver.ids().contains("poor"));
    assertThat(receiver.told("poor").headers().getFirst("X-Function-Status")).isEqualTo("418");
    receiver.told.clear();

    deploy("broken", ECHO);
    assertThat(async("retry", "poor")).isEqualTo("1 call again in the queue\n");
    await().until(() -> receiver.ids().contains("poor"));
    assertThat(receiver.told("poor").body()).isEqualTo("<something>");
    await().until(() -> async("ls").startsWith("No asynchronous calls"));
    assertThat(platform.ebb("async", "drop", "poor").run())
        .satisfies(
            run -> assertThat(run.exitCode()).isEqualTo(1),
            run ->
                assertThat(run.err()).contains("asynchronous call \"poor\" not found. See: ebb"));
  }

  @Test
  @Order(3)
  void whatCannotBeIsRefused() throws Exception {
    HttpResponse<String> nobody = call("nobody", "a", "");
    assertThat(nobody.statusCode()).isEqualTo(404);
    assertThat(nobody.body()).contains("error finding");
    String api = platform.record().path("apiUrl").asString();
    for (String url : List.of("ftp://example.com/", "nowhere", api + "/x", "http://[fe80::1]/")) {
      assertThat(call("echo", "refused", "x", url).statusCode()).as(url).isEqualTo(400);
    }
    URI nothing = URI.create(platform.gateway() + "/async-function/nothing");
    assertThat(send(HttpRequest.newBuilder(nothing).DELETE()).statusCode()).isEqualTo(401);
  }
}

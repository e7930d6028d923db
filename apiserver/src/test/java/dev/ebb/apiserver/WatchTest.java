package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// What a watch of a second says, whatever it begins with.
class WatchTest {
  private static final String NOTES = "/api/v1/namespaces/watched/configmaps";
  private static final String END = "END";

  /// What was asked for, with what was answered; all at once, for each watch takes its second.
  private static final Map<String, CompletableFuture<HttpResponse<String>>> STREAMS =
      new HashMap<>();

  private static final Map<String, CompletableFuture<Conversation>> SOCKETS = new HashMap<>();

  private static TestServer server;
  private static String first;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException, InterruptedException {
    server = new TestServer();
    post("/api/v1/namespaces", "watched");
    first = post(NOTES, "a").at("/metadata/resourceVersion").asString();
    post(NOTES, "b");
    watches()
        .map(Arguments::get)
        .forEach(row -> {
          String what = (String) row[0];
          String path =
              NOTES + "?watch=1&timeoutSeconds=1" + ((String) row[1]).replace("{first}", first);
          STREAMS.put(
              what, server.client.sendAsync(server.request(path).build(), BodyHandlers.ofString()));
          SOCKETS.put(what, converse(path));
        });
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static JsonNode post(String path, String name) throws IOException, InterruptedException {
    String body = "{\"metadata\":{\"name\":\"%s\"}}".formatted(name);
    return TestServer.json(server.send("POST", path, "application/json", body));
  }

  static Stream<Arguments> watches() {
    String bookmarks = "&allowWatchBookmarks=true";
    String match = "&resourceVersionMatch=NotOlderThan";
    return Stream.of(
        row("from any state", "", "ADDED a", "ADDED b"),
        row("from any state, said so", "&resourceVersion=0", "ADDED a", "ADDED b"),
        row(
            "from any state with bookmarks",
            bookmarks,
            "ADDED a",
            "ADDED b",
            "BOOKMARK END",
            "BOOKMARK"),
        row("from a version", "&resourceVersion={first}", "ADDED b"),
        row(
            "from a version with bookmarks",
            "&resourceVersion={first}" + bookmarks,
            "ADDED b",
            "BOOKMARK"),
        row(
            "initial events",
            "&sendInitialEvents=true" + match + bookmarks,
            "ADDED a",
            "ADDED b",
            "BOOKMARK END",
            "BOOKMARK"),
        row(
            "initial events without bookmarks",
            "&sendInitialEvents=true" + match,
            "ADDED a",
            "ADDED b"),
        row("no initial events", "&sendInitialEvents=false" + match),
        row("one object", "&fieldSelector=metadata.name%3Db", "ADDED b"),
        row("a state of another store", "&resourceVersion=999999", "ERROR"));
  }

  private static Arguments row(String what, String query, String... events) {
    return Arguments.of(what, query, List.of(events));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("watches")
  void aWatchBeginsAndEndsAsItIsAsked(String what, String query, List<String> expected) {
    HttpResponse<String> response = Objects.requireNonNull(STREAMS.get(what)).join();

    assertThat(response.statusCode()).as(what + query).isEqualTo(200);
    List<String> events = new ArrayList<>();
    for (String line : response.body().lines().toList()) {
      events.add(shown(JsonText.read(HelidonExchange.utf8(line))));
    }
    assertThat(events).as(what + query).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("watches")
  void theSameIsSaidThroughAWebSocket(String what, String query, List<String> expected) {
    Conversation conversation = Objects.requireNonNull(SOCKETS.get(what)).join();

    assertThat(conversation.closeCode()).as(what + query).isEqualTo(WebSocket.NORMAL_CLOSURE);
    List<String> events =
        conversation.messages().stream()
            .map(text -> shown(JsonText.read(HelidonExchange.utf8(text))))
            .toList();
    assertThat(events).as(what + query).isEqualTo(expected);
  }

  /// What a WebSocket said until it was closed.
  private record Conversation(List<String> messages, int closeCode) {}

  private static CompletableFuture<Conversation> converse(String path) {
    CompletableFuture<Conversation> end =
        new CompletableFuture<Conversation>().orTimeout(2, TimeUnit.MINUTES);
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          private final List<String> messages = new ArrayList<>();
          private String text = "";

          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket socket, CharSequence data, boolean last) {
            text += data;
            if (last) {
              messages.add(text);
              text = "";
            }
            socket.request(1);
            return null;
          }

          @Override
          public @Nullable CompletionStage<?> onClose(
              WebSocket socket, int statusCode, String reason) {
            end.complete(new Conversation(messages, statusCode));
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable error) {
            end.completeExceptionally(error);
          }
        };
    server
        .client
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + server.token())
        .buildAsync(URI.create(server.server.url().replaceFirst("https", "wss") + path), listener)
        .exceptionally(refused -> {
          end.completeExceptionally(refused);
          return null;
        });
    return end;
  }

  @Test
  void aWatchEndsWhenTheClientClosesItsWebSocket() {
    Awaitility.await().until(() -> server.server.openStreams() == 0);
    WebSocket socket =
        server
            .client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + server.token())
            .buildAsync(
                URI.create(server.server.url().replaceFirst("https", "wss") + NOTES + "?watch=1"),
                new WebSocket.Listener() {})
            .join();
    assertThat(server.server.openStreams()).isEqualTo(1);

    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();

    Awaitility.await().until(() -> server.server.openStreams() == 0);
  }

  private static String shown(JsonNode event) {
    String type = event.path("type").asString();
    JsonNode metadata = event.path("object").path("metadata");
    if (type.equals("ERROR")) {
      assertThat(event.at("/object/code").asInt()).isEqualTo(410);
      return type;
    }
    assertThat(metadata.path("resourceVersion").asString()).isNotEmpty();
    boolean end =
        metadata.at("/annotations/k8s.io~1initial-events-end").asString("").equals("true");
    return (type + " " + (end ? END : metadata.path("name").asString(""))).strip();
  }
}

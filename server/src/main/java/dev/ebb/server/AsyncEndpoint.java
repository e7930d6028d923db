package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.PathRoute;
import dev.ebb.apiserver.User;
import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.CallBooks;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Authorizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Asynchronous calls for `ebb async`, under `/ebb/async`: `GET` lists them, with `id` shows one;
/// `POST .../retry` makes dead ones again; `DELETE` drops them. All take `namespace` and
/// `function`, empty for all.
///
/// Besides the right to the path, a user sees the calls of Services that he may `get`, and touches
/// those of Services that he may `update`.
final class AsyncEndpoint {
  private static final String PATH = "/ebb/async";
  private static final int USUAL_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;
  private static final int SHOWN_BYTES = 4_096;
  private static final JsonMapper JSON = new JsonMapper();

  private final AsyncCalls calls;
  private final Authorizer authorizer;

  AsyncEndpoint(AsyncCalls calls, Authorizer authorizer) {
    this.calls = calls;
    this.authorizer = authorizer;
  }

  PathRoute route() {
    return new PathRoute(PATH, /* open= */ false, this::handle);
  }

  private void handle(Exchange exchange) throws IOException {
    Optional<String> id = exchange.query("id").filter(it -> !it.isEmpty());
    JsonNode answer =
        switch (exchange.method() + " " + exchange.path()) {
          case "GET " + PATH -> id.isPresent() ? show(exchange, id.get()) : list(exchange);
          case "POST " + PATH + "/retry" -> {
            requireMeant(exchange, id);
            yield count(calls.retry(wanted(exchange, "update"), id), id);
          }
          case "DELETE " + PATH -> {
            requireMeant(exchange, id);
            yield count(calls.drop(wanted(exchange, "update"), id), id);
          }
          default -> throw refusal(404, "NotFound", "there is no such path under " + PATH);
        };
    exchange.respond(200, "application/json", JSON.writeValueAsBytes(answer));
  }

  private Predicate<ObjectKey> wanted(Exchange exchange, String verb) {
    String namespace = exchange.query("namespace").orElse("");
    String function = exchange.query("function").orElse("");
    return key ->
        (namespace.isEmpty() || namespace.equals(key.namespace()))
            && (function.isEmpty() || function.equals(key.name()))
            && may(authorizer::allows, exchange.user(), verb, key);
  }

  static boolean may(Predicate<AccessRequest> allowed, User user, String verb, ObjectKey service) {
    return user.subject().isMaster()
        || allowed.test(
            AccessRequest.toResource(
                user.subject(),
                verb,
                "serving.knative.dev",
                "services",
                "",
                service.namespace(),
                service.name()));
  }

  private static void requireMeant(Exchange exchange, Optional<String> id) {
    if (id.isEmpty() && exchange.query("all").filter("true"::equals).isEmpty()) {
      throw refusal(400, "BadRequest", "say which: the parameter 'id', or 'all=true'");
    }
  }

  private static JsonNode count(int count, Optional<String> id) {
    if (count == 0 && id.isPresent()) {
      throw unknown(id.get());
    }
    return JSON.createObjectNode().put("count", count);
  }

  private JsonNode list(Exchange exchange) {
    Predicate<ObjectKey> wanted = wanted(exchange, "get");
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("queues");
    calls.queues(wanted).forEach(queue -> answer.withArray("queues").add(json(queue)));
    answer.putArray("calls");
    calls
        .list(wanted, limit(exchange))
        .forEach(entry -> answer.withArray("calls").add(json(entry)));
    return answer;
  }

  private static int limit(Exchange exchange) {
    String text = exchange.query("limit").orElse("");
    if (text.isEmpty()) {
      return USUAL_LIMIT;
    }
    if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > MAX_LIMIT) {
      throw refusal(400, "BadRequest", "limit must be from 1 to %d".formatted(MAX_LIMIT));
    }
    return Integer.parseInt(text);
  }

  private JsonNode show(Exchange exchange, String id) {
    CallBooks.Detail detail =
        calls.show(wanted(exchange, "get"), id, SHOWN_BYTES).orElseThrow(() -> unknown(id));
    ObjectNode json = json(detail.entry());
    json.put("request", detail.target()).put("callbackUrl", detail.callback());
    ObjectNode headers = json.putObject("headers");
    detail
        .headers()
        .forEach((name, values) -> values.forEach(value -> headers.withArray(name).add(value)));
    // Text, as most are; what is none shows as such.
    json.put("body", new String(detail.body(), StandardCharsets.UTF_8));
    detail
        .death()
        .ifPresent(death ->
            json.putObject("death")
                .put("reason", death.reason())
                .put("status", death.status())
                .put("attempts", death.attempts())
                .put("at", death.at().toString()));
    return json;
  }

  private static ObjectNode json(CallBooks.Queue queue) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("queue", queue.queue())
            .put("namespace", queue.function().namespace())
            .put("function", queue.function().name())
            .put("kind", kind(queue.callbacks()))
            .put("waiting", queue.waiting())
            .put("running", queue.running())
            .put("delayed", queue.delayed())
            .put("dead", queue.dead());
    queue.oldest().ifPresent(oldest -> json.put("oldest", oldest.toString()));
    return json;
  }

  private static ObjectNode json(CallBooks.Entry entry) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("id", entry.id())
            .put("queue", entry.queue())
            .put("namespace", entry.function().namespace())
            .put("function", entry.function().name())
            .put("kind", kind(entry.callback()))
            .put("state", entry.state().name().toLowerCase(Locale.ROOT))
            .put("acceptedAt", entry.acceptedAt().toString())
            .put("attempts", entry.attempts())
            .put("error", entry.error())
            .put("bytes", entry.bytes());
    entry.notBefore().ifPresent(time -> json.put("notBefore", time.toString()));
    return json;
  }

  private static String kind(boolean callback) {
    return callback ? "callback" : "call";
  }

  private static ApiException unknown(String id) {
    return refusal(404, "NotFound", "asynchronous call \"%s\" not found".formatted(id));
  }

  private static ApiException refusal(int code, String reason, String message) {
    return new ApiException(new ApiStatus(code, reason, message, "", "", "", List.of()));
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Items as attributes of events: JSON, so that a later version can add to it.
final class ItemCodec {
  private static final JsonMapper JSON = new JsonMapper();

  /// @param death of a dead letter
  record Stored(Item item, Optional<Death> death) {}

  private ItemCodec() {}

  static byte[] write(Item item) {
    return JSON.writeValueAsBytes(json(item));
  }

  static byte[] write(Item item, Death death) {
    ObjectNode json = json(item);
    json.putObject("death")
        .put("reason", death.reason())
        .put("status", death.status())
        .put("attempts", death.attempts())
        .put("at", death.at().toString());
    return JSON.writeValueAsBytes(json);
  }

  /// @throws IllegalArgumentException when it is nothing that was written here
  static Stored read(byte[] attributes) {
    try {
      JsonNode json = JSON.readTree(attributes);
      JsonNode death = json.path("death");
      return new Stored(
          item(json),
          death.isObject()
              ? Optional.of(
                  new Death(
                      death.path("reason").asString(""),
                      death.path("status").asInt(0),
                      death.path("attempts").asInt(0),
                      Instant.parse(death.path("at").asString(""))))
              : Optional.empty());
    } catch (JacksonException | java.time.DateTimeException e) {
      throw new IllegalArgumentException("this is no call: " + e.getMessage(), e);
    }
  }

  private static ObjectNode json(Item item) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", item.id())
        .put("queue", item.queue())
        .put("namespace", item.function().namespace())
        .put("function", item.function().name())
        .put("acceptedAt", item.acceptedAt().toString());
    ObjectNode headers = json.putObject("headers");
    item.headers()
        .forEach((name, values) -> {
          ArrayNode array = headers.putArray(name);
          values.forEach(array::add);
        });
    switch (item) {
      case Call call -> {
        json.put("method", call.method())
            .put("path", call.path())
            .put("query", call.query())
            .put("hops", call.hops());
        call.callback().ifPresent(url -> json.put("callback", url.toString()));
      }
      case Callback callback -> json.put("url", callback.url().toString());
    }
    return json;
  }

  private static Item item(JsonNode json) {
    String id = json.path("id").asString("");
    String queue = json.path("queue").asString("");
    ObjectKey function =
        new ObjectKey(json.path("namespace").asString(""), json.path("function").asString(""));
    Map<String, List<String>> headers = new HashMap<>();
    for (Map.Entry<String, JsonNode> header : json.path("headers").properties()) {
      List<String> values = new ArrayList<>();
      header.getValue().forEach(value -> values.add(value.asString("")));
      headers.put(header.getKey(), values);
    }
    Instant acceptedAt = Instant.parse(json.path("acceptedAt").asString(""));
    if (json.has("url")) {
      return new Callback(
          id, queue, function, URI.create(json.path("url").asString("")), headers, acceptedAt);
    }
    return new Call(
        id,
        queue,
        function,
        json.path("method").asString("POST"),
        json.path("path").asString("/"),
        json.path("query").asString(""),
        headers,
        json.has("callback")
            ? Optional.of(URI.create(json.path("callback").asString("")))
            : Optional.empty(),
        json.path("hops").asInt(0),
        acceptedAt);
  }
}

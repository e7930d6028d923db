package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Items as attributes of events: JSON, so that a later version can add to it.
final class ItemCodec {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int USUAL_BYTES = 512;

  /// @param death of a dead letter
  record Stored(Item item, Optional<Death> death) {}

  private ItemCodec() {}

  static byte[] write(Item item) {
    return write(item, Optional.empty());
  }

  static byte[] write(Item item, Death death) {
    return write(item, Optional.of(death));
  }

  /// Written as it goes, without a tree: this is done for each call that is accepted.
  private static byte[] write(Item item, Optional<Death> death) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      write(item, json);
      death.ifPresent(it -> write(it, json));
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(Item item, JsonGenerator json) {
    json.writeStringProperty("id", item.id());
    json.writeStringProperty("queue", item.queue());
    json.writeStringProperty("namespace", item.function().namespace());
    json.writeStringProperty("function", item.function().name());
    json.writeStringProperty("acceptedAt", item.acceptedAt().toString());
    json.writeObjectPropertyStart("headers");
    item.headers()
        .forEach((name, values) -> {
          json.writeArrayPropertyStart(name);
          values.forEach(json::writeString);
          json.writeEndArray();
        });
    json.writeEndObject();
    switch (item) {
      case Call call -> {
        json.writeStringProperty("method", call.method());
        json.writeStringProperty("path", call.path());
        json.writeStringProperty("query", call.query());
        json.writeNumberProperty("hops", call.hops());
        call.callback().ifPresent(url -> json.writeStringProperty("callback", url.toString()));
      }
      case Callback callback -> json.writeStringProperty("url", callback.url().toString());
    }
  }

  private static void write(Death death, JsonGenerator json) {
    json.writeObjectPropertyStart("death");
    json.writeStringProperty("reason", death.reason());
    json.writeNumberProperty("status", death.status());
    json.writeNumberProperty("attempts", death.attempts());
    json.writeStringProperty("at", death.at().toString());
    json.writeEndObject();
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

package dev.ebb.controllers.podspecs;

import dev.ebb.kinds.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// Reads what validation let through.
final class Json {
  private Json() {}

  static String text(JsonNode object, String field) {
    return object.path(field).asString("");
  }

  static boolean flag(JsonNode object, String field) {
    return object.path(field).asBoolean(false);
  }

  static Optional<Boolean> optionalFlag(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isBoolean() ? Optional.of(value.asBoolean()) : Optional.empty();
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asString("")));
    return texts;
  }

  static Map<String, String> map(JsonNode object) {
    Map<String, String> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
    return map;
  }

  static OptionalLong number(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  static OptionalInt mode(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isNumber() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
  }

  static Duration seconds(JsonNode object, String field, long otherwise) {
    return Duration.ofSeconds(object.path(field).asLong(otherwise));
  }

  /// The first of the objects that has the quantity.
  static OptionalLong bytes(String field, JsonNode... objects) {
    Optional<Quantity> quantity = quantity(field, objects);
    return quantity.isPresent() ? OptionalLong.of(quantity.get().units()) : OptionalLong.empty();
  }

  static OptionalInt cpuMillis(JsonNode... objects) {
    Optional<Quantity> quantity = quantity("cpu", objects);
    return quantity.isPresent()
        ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, quantity.get().milliUnits()))
        : OptionalInt.empty();
  }

  private static Optional<Quantity> quantity(String field, JsonNode... objects) {
    for (JsonNode object : objects) {
      Optional<Quantity> quantity = Quantity.parse(object.path(field).asString(""));
      if (quantity.isPresent()) {
        return quantity;
      }
    }
    return Optional.empty();
  }
}

package dev.ebb.dialects.openfaas;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Bodies of requests and answers. Thread-safe.
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  /// @throws Refusal 400 for what is no JSON object
  static JsonNode object(byte[] body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      throw Refusal.badRequest("unable to unmarshal request: " + e.getOriginalMessage());
    }
    throw Refusal.badRequest("unable to unmarshal request: the body must be a JSON object");
  }

  /// Empty where the field is absent.
  ///
  /// @throws Refusal 400 for what is no string
  static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return "";
    }
    if (!value.isString()) {
      throw malformed(field, "a string");
    }
    return value.asString();
  }

  /// @throws Refusal 400 for what is no object of strings
  static Map<String, String> strings(JsonNode json, String field) {
    JsonNode values = json.path(field);
    if (!values.isObject() && !isAbsent(values)) {
      throw malformed(field, "an object of strings");
    }
    Map<String, String> map = new LinkedHashMap<>();
    values
        .properties()
        .forEach(entry -> {
          if (!entry.getValue().isString()) {
            throw malformed(field + "." + entry.getKey(), "a string");
          }
          map.put(entry.getKey(), entry.getValue().asString());
        });
    return map;
  }

  /// @throws Refusal 400 for what is no list of strings
  static List<String> list(JsonNode json, String field) {
    JsonNode values = json.path(field);
    if (!isAbsent(values)
        && !(values.isArray() && values.valueStream().allMatch(JsonNode::isString))) {
      throw malformed(field, "a list of strings");
    }
    return values.valueStream().map(JsonNode::asString).toList();
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static Refusal malformed(String field, String wanted) {
    return Refusal.badRequest(
        "unable to unmarshal request: %s must be %s".formatted(field, wanted));
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(Object value) {
    return MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
  }

  /// In the order of the keys, as Go writes maps; nothing where there is nothing.
  static void put(ObjectNode json, String field, Map<String, String> values) {
    if (!values.isEmpty()) {
      ObjectNode map = json.putObject(field);
      new TreeMap<>(values).forEach(map::put);
    }
  }
}

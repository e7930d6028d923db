package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.cel.CelRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Whether the schema of a definition can be served: the words that Kubernetes takes, in the
/// combinations that it takes. [StructuralRules] and [DefaultRules] check more.
final class CrdSchemaValidation {
  private static final Set<String> TYPES =
      Set.of("array", "boolean", "integer", "number", "object", "string");

  private static final List<String> FORBIDDEN =
      List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref");

  /// The status's schema is taken out of the root's, so the root may say nothing that would be
  /// lost.
  private static final Set<String> WORDS_AT_ROOT =
      Set.of(
          "description",
          "type",
          "format",
          "title",
          "maximum",
          "exclusiveMaximum",
          "minimum",
          "exclusiveMinimum",
          "maxLength",
          "minLength",
          "pattern",
          "maxItems",
          "minItems",
          "uniqueItems",
          "multipleOf",
          "required",
          "items",
          "properties",
          "externalDocs",
          "example",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-validations");

  /// At one place; each is compiled.
  private static final int MAX_RULES = 100;

  private final List<FieldError> errors;

  private CrdSchemaValidation(List<FieldError> errors) {
    this.errors = errors;
  }

  /// @param status whether the status is a sub-resource
  static List<FieldError> validate(
      JsonNode schema, String path, boolean status, boolean structural) {
    Set<FieldError> errors = new LinkedHashSet<>();
    List<FieldError> words = new ArrayList<>();
    CrdSchemaValidation validation = new CrdSchemaValidation(words);
    validation.root(schema, path, status);
    validation.schema(schema, path, new Context(true, false, ""));
    if (structural
        && words.stream().noneMatch(error -> error.message().contains("not supported"))) {
      List<FieldError> found = StructuralRules.validate(schema, path);
      errors.addAll(found.isEmpty() ? DefaultRules.validate(schema, path) : found);
    }
    errors.addAll(words);
    return List.copyOf(errors);
  }

  /// @param noDefaults why there may be no default, or empty
  private record Context(boolean root, boolean insideMeta, String noDefaults) {
    Context below() {
      return new Context(false, insideMeta, noDefaults);
    }

    Context without(String reason) {
      return new Context(false, insideMeta, reason);
    }

    Context meta() {
      return new Context(false, true, noDefaults);
    }
  }

  private void root(JsonNode schema, String path, boolean status) {
    if (status) {
      if (schema.has("type") && !schema.path("type").asString("").equals("object")) {
        invalid(
            path + ".type",
            schema.path("type"),
            "only \"object\" is allowed as the type at the root of the schema if the status"
                + " subresource is enabled");
      } else if (!WORDS_AT_ROOT.containsAll(schema.propertyNames())) {
        forbidden(
            path,
            "only these words are allowed at the root of the schema if the status subresource is"
                + " enabled: "
                + String.join(" ", WORDS_AT_ROOT.stream().sorted().toList()));
      }
    }
    if (schema.path("nullable").asBoolean(false)) {
      forbidden(path + ".nullable", "nullable cannot be true at the root");
    }
  }

  private void schema(JsonNode schema, String path, Context context) {
    words(schema, path, context);
    lists(schema, path);
    rules(schema.path("x-kubernetes-validations"), path + ".x-kubernetes-validations");
    JsonNode additional = schema.path("additionalProperties");
    if (additional.isObject()) {
      if (!schema.path("properties").isEmpty()) {
        forbidden(
            path + ".additionalProperties",
            "additionalProperties and properties are mutual exclusive");
      }
      schema(
          additional,
          path + ".additionalProperties",
          context.insideMeta()
              ? context.without("inside additionalProperties applying to object metadata")
              : context.below());
    }
    boolean embedded = schema.path("x-kubernetes-embedded-resource").asBoolean(false);
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      Context below = context.below();
      boolean meta = Set.of("metadata", "kind", "apiVersion").contains(property.getKey());
      if (meta && (context.root() || embedded)) {
        below = below.meta();
        if (context.root()) {
          below = below.meta().without("in top-level " + property.getKey());
        }
      }
      child(property.getValue(), "%s.properties[%s]".formatted(path, property.getKey()), below);
    }
    if (schema.has("not")) {
      child(schema.path("not"), path + ".not", context.below());
    }
    for (String word : List.of("allOf", "oneOf", "anyOf")) {
      for (int i = 0; i < schema.path(word).size(); i++) {
        child(schema.path(word).path(i), "%s.%s[%d]".formatted(path, word, i), context.below());
      }
    }
    if (schema.path("items").isObject()) {
      schema(schema.path("items"), path + ".items", context.below());
    }
  }

  private void child(JsonNode schema, String path, Context context) {
    if (schema.isObject()) {
      schema(schema, path, context);
    } else {
      errors.add(FieldError.wrongType(path, schema, "object"));
    }
  }

  private void words(JsonNode schema, String path, Context context) {
    String type = schema.path("type").asString("");
    if (type.equals("null")) {
      forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative");
    } else if (!type.isEmpty() && !TYPES.contains(type)) {
      errors.add(FieldError.notSupported(path + ".type", type, TYPES.stream().sorted().toList()));
    }
    if (schema.has("default") && !context.noDefaults().isEmpty()) {
      forbidden(path + ".default", "must not be set " + context.noDefaults());
    }
    for (String word : FORBIDDEN) {
      if (schema.has(word)) {
        forbidden(path + "." + word, word + " is not supported");
      }
    }
    if (schema.path("items").isArray()) {
      forbidden(path + ".items", "items must be a schema object and not an array");
    }
    if (schema.path("uniqueItems").asBoolean(false)) {
      forbidden(
          path + ".uniqueItems",
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    if (context.insideMeta() && schema.path("x-kubernetes-embedded-resource").asBoolean(false)) {
      forbidden(
          path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta");
    }
    JsonNode preserve = schema.path("x-kubernetes-preserve-unknown-fields");
    if (preserve.isBoolean() && !preserve.asBoolean()) {
      invalid(
          path + ".x-kubernetes-preserve-unknown-fields", preserve, "must be true or undefined");
    }
    if (schema.has("x-kubernetes-map-type")) {
      requireType(schema, path, "object", "x-kubernetes-map-type");
      oneOf(schema, path, "x-kubernetes-map-type", List.of("atomic", "granular"));
    }
  }

  private void lists(JsonNode schema, String path) {
    String type = schema.path("x-kubernetes-list-type").asString("");
    JsonNode keys = schema.path("x-kubernetes-list-map-keys");
    JsonNode items = schema.path("items");
    if (!type.isEmpty()) {
      requireType(schema, path, "array", "x-kubernetes-list-type");
      oneOf(schema, path, "x-kubernetes-list-type", List.of("atomic", "set", "map"));
    }
    if (type.equals("set")) {
      String itemType = items.path("type").asString("");
      if (itemType.equals("array")
          && !items.path("x-kubernetes-list-type").asString("atomic").equals("atomic")) {
        invalid(
            path + ".items.x-kubernetes-list-type",
            items.path("x-kubernetes-list-type"),
            "must be atomic as item of a list with x-kubernetes-list-type=set");
      }
      if (itemType.equals("object")
          && !items.path("x-kubernetes-map-type").asString("").equals("atomic")) {
        invalid(
            path + ".items.x-kubernetes-map-type",
            items.path("x-kubernetes-map-type").asString(""),
            "must be atomic as item of a list with x-kubernetes-list-type=set");
      }
    }
    if (!type.isEmpty() && !type.equals("atomic") && items.path("nullable").asBoolean(false)) {
      forbidden(
          path + ".items.nullable", "cannot be nullable when x-kubernetes-list-type is " + type);
    }
    if (!keys.isEmpty() && !type.equals("map")) {
      String field = path + ".x-kubernetes-list-type";
      String why = "must be map if x-kubernetes-list-map-keys is non-empty";
      if (type.isEmpty()) {
        required(field, why);
      } else {
        invalid(field, type, why);
      }
    }
    if (type.equals("map")) {
      keyedList(path, keys, items);
    }
  }

  private void keyedList(String path, JsonNode keys, JsonNode items) {
    if (keys.isEmpty()) {
      required(
          path + ".x-kubernetes-list-map-keys",
          "must not be empty if x-kubernetes-list-type is map");
    }
    if (!items.isObject()) {
      required(path + ".items", "must have a schema if x-kubernetes-list-type is map");
      return;
    }
    if (!items.path("type").asString("").equals("object")) {
      invalid(
          path + ".items.type",
          items.path("type").asString(""),
          "must be object if parent array's x-kubernetes-list-type is map");
      return;
    }
    Set<String> required = new LinkedHashSet<>();
    items.path("required").forEach(name -> required.add(name.asString("")));
    Set<String> seen = new LinkedHashSet<>();
    for (JsonNode key : keys) {
      String name = key.asString("");
      JsonNode property = items.path("properties").path(name);
      String at = "%s.items.properties[%s]".formatted(path, name);
      if (property.isMissingNode()) {
        invalid(
            path + ".x-kubernetes-list-map-keys",
            keys,
            "entries must all be names of item properties");
      } else {
        if (Set.of("array", "object").contains(property.path("type").asString(""))) {
          invalid(
              at + ".type",
              property.path("type"),
              "must be a scalar type if parent array's x-kubernetes-list-type is map");
        }
        if (!required.contains(name) && !property.has("default")) {
          required(
              at + ".default",
              "this property is in x-kubernetes-list-map-keys, so it must have a default or be a"
                  + " required property");
        }
        if (property.path("nullable").asBoolean(false)) {
          forbidden(
              at + ".nullable",
              "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
      }
      if (!seen.add(name)) {
        invalid(path + ".x-kubernetes-list-map-keys", keys, "must not contain duplicate entries");
      }
    }
  }

  private void rules(JsonNode rules, String path) {
    if (rules.size() > MAX_RULES) {
      errors.add(
          new FieldError(
              "FieldValueTooMany",
              path,
              "Too many: %d: must have at most %d items".formatted(rules.size(), MAX_RULES)));
      return;
    }
    for (int i = 0; i < rules.size(); i++) {
      JsonNode rule = rules.path(i);
      String at = path + "[" + i + "]";
      String text = rule.path("rule").asString("");
      String message = rule.path("message").asString("");
      if (text.isBlank()) {
        required(at + ".rule", "rule is not specified");
      } else if (!message.isEmpty() && message.isBlank()) {
        invalid(at + ".message", message, "must be non-empty if specified");
      } else if (message.strip().contains("\n")) {
        invalid(at + ".message", message, "must not contain line breaks");
      } else if (text.strip().contains("\n") && message.isBlank()) {
        required(at + ".message", "message must be specified if rule contains line breaks");
      }
      expression(rule, "rule", "bool", at);
      expression(rule, "messageExpression", "string", at);
      JsonNode reason = rule.path("reason");
      List<String> reasons =
          List.of(
              "FieldValueDuplicate",
              "FieldValueForbidden",
              "FieldValueInvalid",
              "FieldValueRequired");
      if (reason.isString() && !reasons.contains(reason.asString())) {
        errors.add(FieldError.notSupported(at + ".reason", reason.asString(), reasons));
      }
    }
  }

  private void expression(JsonNode rule, String word, String type, String at) {
    String text = rule.path(word).asString("");
    if (!text.isBlank() && CelRule.compile(text, type) instanceof CelRule.Compiled.Wrong wrong) {
      invalid(at + "." + word, rule, wrong.message());
    }
  }

  private void requireType(JsonNode schema, String path, String type, String word) {
    String found = schema.path("type").asString("");
    String why = "must be %s if %s is specified".formatted(type, word);
    if (found.isEmpty()) {
      required(path + ".type", why);
    } else if (!found.equals(type)) {
      invalid(path + ".type", found, why);
    }
  }

  private void oneOf(JsonNode schema, String path, String word, List<String> values) {
    String value = schema.path(word).asString("");
    if (!values.contains(value)) {
      errors.add(FieldError.notSupported(path + "." + word, value, values));
    }
  }

  private void invalid(String path, Object value, String why) {
    errors.add(FieldError.invalid(path, value, why));
  }

  private void required(String path, String why) {
    errors.add(FieldError.required(path, "Required value: " + why));
  }

  private void forbidden(String path, String why) {
    errors.add(FieldError.forbidden(path, "Forbidden: " + why));
  }
}

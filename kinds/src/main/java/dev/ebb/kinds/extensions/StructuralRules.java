package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Whether a schema is structural: it says the type of every place outside of `allOf`, `anyOf`,
/// `oneOf` and `not`, and these only constrain places that it names.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema">Specifying
///   a structural schema</a>
final class StructuralRules {
  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
  private static final String EMBEDDED = "x-kubernetes-embedded-resource";
  private static final String INT_OR_STRING = "x-kubernetes-int-or-string";

  private enum Level {
    ROOT,
    ITEM,
    FIELD
  }

  private final List<FieldError> errors = new ArrayList<>();

  private StructuralRules() {}

  /// In the order of the texts, as Kubernetes tells them.
  static List<FieldError> validate(JsonNode schema, String path) {
    StructuralRules rules = new StructuralRules();
    rules.structure(schema, Level.ROOT, path);
    rules.complete(schema, schema, path, path);
    rules.errors.sort(Comparator.comparing(error -> error.field() + ": " + error.message()));
    return rules.errors;
  }

  private void structure(JsonNode schema, Level level, String path) {
    String type = schema.path("type").asString("");
    JsonNode items = schema.path("items");
    if (type.equals("array") && !items.isObject()) {
      required(path + ".items", "must be specified");
    }
    if (items.isObject()) {
      structure(items, Level.ITEM, path + ".items");
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      structure(
          property.getValue(), Level.FIELD, "%s.properties[%s]".formatted(path, property.getKey()));
    }
    JsonNode additional = schema.path("additionalProperties");
    boolean embedded = is(schema, EMBEDDED);
    if (!additional.isMissingNode()) {
      if (level == Level.ROOT) {
        forbidden(path + ".additionalProperties", "must not be used at the root");
      }
      if (embedded) {
        forbidden(
            path + ".additionalProperties",
            "must not be used if x-kubernetes-embedded-resource is set");
      }
      if (additional.isObject()) {
        structure(additional, Level.FIELD, path + ".additionalProperties");
      }
    }
    extensions(schema, path);
    values(schema, level, path, true);
    type(schema, type, level, path, embedded);
    metadata(schema, level, path, embedded);
    if (embedded && !is(schema, PRESERVE) && schema.path("properties").isEmpty()) {
      required(
          path + ".properties",
          "must not be empty if x-kubernetes-embedded-resource is true without"
              + " x-kubernetes-preserve-unknown-fields");
    }
  }

  private void extensions(JsonNode schema, String path) {
    if (is(schema, INT_OR_STRING)) {
      for (String word : List.of(PRESERVE, EMBEDDED)) {
        if (is(schema, word)) {
          errors.add(
              FieldError.invalid(
                  path + "." + word, true, "must be false if x-kubernetes-int-or-string is true"));
        }
      }
    }
  }

  private void type(JsonNode schema, String type, Level level, String path, boolean embedded) {
    String field = path + ".type";
    if (embedded && !type.equals("object")) {
      String why = "must be object if x-kubernetes-embedded-resource is true";
      if (type.isEmpty()) {
        required(field, why);
      } else {
        errors.add(FieldError.invalid(field, type, why));
      }
    } else if (type.isEmpty() && !is(schema, INT_OR_STRING) && !is(schema, PRESERVE)) {
      required(
          field,
          switch (level) {
            case ROOT -> "must not be empty at the root";
            case ITEM -> "must not be empty for specified array items";
            case FIELD -> "must not be empty for specified object fields";
          });
    }
    if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
      errors.add(FieldError.invalid(field, type, "must be object at the root"));
    }
  }

  private void metadata(JsonNode schema, Level level, String path, boolean embedded) {
    boolean checked = level == Level.ROOT || embedded;
    JsonNode properties = schema.path("properties");
    for (String name : List.of("kind", "apiVersion")) {
      String type = properties.path(name).path("type").asString("");
      if (checked && properties.has(name) && !type.equals("string")) {
        errors.add(
            FieldError.invalid(
                "%s.properties[%s].type".formatted(path, name), type, "must be string"));
      }
    }
    JsonNode metadata = properties.path("metadata");
    if (!metadata.isObject() || !checked) {
      return;
    }
    String at = path + ".properties[metadata]";
    if (!metadata.path("type").asString("").equals("object")) {
      errors.add(
          FieldError.invalid(at + ".type", metadata.path("type").asString(""), "must be object"));
    }
    if (level == Level.ROOT
        && !(Set.of("type", "properties", "default").containsAll(metadata.propertyNames())
            && Set.of("name", "generateName")
                .containsAll(metadata.path("properties").propertyNames()))) {
      forbidden(
          at,
          "must not specify anything other than name and generateName, but metadata is implicitly"
              + " specified");
    }
  }

  /// What constrains values: at a place of the structure, or inside of a junctor.
  private void values(JsonNode schema, Level level, String path, boolean structural) {
    boolean anyOfIsType = structural && isIntOrString(schema.path("anyOf"));
    for (String word : List.of("anyOf", "allOf", "oneOf")) {
      JsonNode list = schema.path(word);
      for (int i = 0; i < list.size(); i++) {
        boolean skipped = word.equals("anyOf") && anyOfIsType;
        if (!skipped) {
          boolean firstIsType =
              structural
                  && word.equals("allOf")
                  && i == 0
                  && isIntOrString(list.path(0).path("anyOf"));
          nested(list.path(i), level, "%s.%s[%d]".formatted(path, word, i), firstIsType);
        }
      }
    }
    if (schema.path("not").isObject()) {
      nested(schema.path("not"), level, path + ".not", false);
    }
    String pattern = schema.path("pattern").asString("");
    String wrong = pattern.isEmpty() ? "" : Schema.wrongPattern(pattern);
    if (!wrong.isEmpty()) {
      errors.add(
          FieldError.invalid(
              path + ".pattern",
              pattern,
              "must be a valid regular expression, but isn't: " + wrong));
    }
  }

  private void nested(JsonNode schema, Level level, String path, boolean anyOfIsType) {
    if (!schema.isObject()) {
      return;
    }
    values(schema, level, path, anyOfIsType);
    if (schema.path("items").isObject()) {
      nested(schema.path("items"), level, path + ".items", false);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      nested(
          property.getValue(),
          Level.FIELD,
          "%s.properties[%s]".formatted(path, property.getKey()),
          false);
    }
    for (String word : List.of("type", "title", "description")) {
      if (!schema.path(word).asString("").isEmpty()) {
        forbidden(path + "." + word, "must be empty to be structural");
      }
    }
    for (String word :
        List.of(
            "additionalProperties", "default", "x-kubernetes-list-type", "x-kubernetes-map-type")) {
      if (schema.has(word)) {
        forbidden(path + "." + word, "must be undefined to be structural");
      }
    }
    for (String word : List.of("nullable", PRESERVE, EMBEDDED, INT_OR_STRING)) {
      if (is(schema, word)) {
        forbidden(path + "." + word, "must be false to be structural");
      }
    }
    for (String word : List.of("x-kubernetes-list-map-keys", "x-kubernetes-validations")) {
      if (!schema.path(word).isEmpty()) {
        forbidden(path + "." + word, "must be empty to be structural");
      }
    }
    if (schema.path("properties").has("metadata")) {
      forbidden(path + ".properties[metadata]", "must not be specified in a nested context");
    }
  }

  /// Whether all that junctors constrain is in the structure.
  private void complete(JsonNode values, JsonNode structure, String path, String valuePath) {
    if (values.path("not").isObject()) {
      completeNested(values.path("not"), structure, path, valuePath + ".not");
    }
    for (String word : List.of("allOf", "anyOf", "oneOf")) {
      for (int i = 0; i < values.path(word).size(); i++) {
        completeNested(
            values.path(word).path(i), structure, path, "%s.%s[%d]".formatted(valuePath, word, i));
      }
    }
  }

  private void completeNested(JsonNode values, JsonNode structure, String path, String valuePath) {
    if (!structure.isObject()) {
      required(path, "because it is defined in " + valuePath);
      return;
    }
    complete(values, structure, path, valuePath);
    if (values.path("items").isObject()) {
      completeNested(
          values.path("items"), structure.path("items"), path + ".items", valuePath + ".items");
    }
    for (Map.Entry<String, JsonNode> property : values.path("properties").properties()) {
      String step = ".properties[%s]".formatted(property.getKey());
      completeNested(
          property.getValue(),
          structure.path("properties").path(property.getKey()),
          path + step,
          valuePath + step);
    }
  }

  private static boolean is(JsonNode schema, String word) {
    return schema.path(word).asBoolean(false);
  }

  private static boolean isIntOrString(JsonNode anyOf) {
    return Schema.isIntOrString(anyOf);
  }

  private void required(String path, String why) {
    errors.add(FieldError.required(path, "Required value: " + why));
  }

  private void forbidden(String path, String why) {
    errors.add(FieldError.forbidden(path, "Forbidden: " + why));
  }
}

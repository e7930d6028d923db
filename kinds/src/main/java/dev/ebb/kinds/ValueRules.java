package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What a schema demands of a value beyond its type. Numbers that are not demanded are missing
/// nodes.
///
/// @param format empty for one that is not checked
/// @param not null for none
record ValueRules(
    List<String> required,
    List<JsonNode> allowed,
    @Nullable SchemaPattern pattern,
    String format,
    Range range,
    Counts counts,
    List<SchemaNode> allOf,
    List<SchemaNode> anyOf,
    List<SchemaNode> oneOf,
    @Nullable SchemaNode not) {
  /// Shared by the many places that demand nothing.
  static final ValueRules NONE =
      new ValueRules(
          List.of(),
          List.of(),
          null,
          "",
          Range.ANY,
          Counts.ANY,
          List.of(),
          List.of(),
          List.of(),
          null);

  /// @param excludesLeast `exclusiveMinimum`
  record Range(
      JsonNode least, boolean excludesLeast, JsonNode most, boolean excludesMost, JsonNode step) {
    private static final MissingNode MISSING = MissingNode.getInstance();
    static final Range ANY = new Range(MISSING, false, MISSING, false, MISSING);

    static Range compile(JsonNode schema) {
      if (!schema.has("minimum") && !schema.has("maximum") && !schema.has("multipleOf")) {
        return ANY;
      }
      return new Range(
          schema.path("minimum"),
          schema.path("exclusiveMinimum").asBoolean(false),
          schema.path("maximum"),
          schema.path("exclusiveMaximum").asBoolean(false),
          schema.path("multipleOf"));
    }
  }

  /// Of characters, items or fields: the type says which.
  record Counts(
      OptionalInt minLength,
      OptionalInt maxLength,
      OptionalInt minItems,
      OptionalInt maxItems,
      OptionalInt minProperties,
      OptionalInt maxProperties,
      boolean unique) {
    private static final OptionalInt ANYTHING = OptionalInt.empty();
    static final Counts ANY =
        new Counts(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING, false);

    static Counts compile(JsonNode schema) {
      Counts counts =
          new Counts(
              count(schema.path("minLength")),
              count(schema.path("maxLength")),
              count(schema.path("minItems")),
              count(schema.path("maxItems")),
              count(schema.path("minProperties")),
              count(schema.path("maxProperties")),
              schema.path("uniqueItems").asBoolean(false));
      return counts.equals(ANY) ? ANY : counts;
    }

    private static OptionalInt count(JsonNode node) {
      return node.isIntegralNumber() && node.canConvertToInt()
          ? OptionalInt.of(node.asInt())
          : OptionalInt.empty();
    }
  }

  static ValueRules compile(JsonNode schema, SchemaNode.Type type) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asString("")));
    List<JsonNode> allowed = new ArrayList<>();
    schema.path("enum").forEach(allowed::add);
    String format = schema.path("format").asString("");
    JsonNode not = schema.path("not");
    // "An integer or a string" is what the type says already, as "a number or a string".
    boolean mixed = type == SchemaNode.Type.INT_OR_STRING;
    ValueRules rules =
        new ValueRules(
            List.copyOf(required),
            List.copyOf(allowed),
            Optional.of(schema.path("pattern").asString(""))
                .filter(pattern -> !pattern.isEmpty())
                .map(SchemaPattern::new)
                .orElse(null),
            Formats.isChecked(format) ? format : "",
            Range.compile(schema),
            Counts.compile(schema),
            nodes(schema.path("allOf"), mixed),
            nodes(schema.path("anyOf"), mixed),
            type == SchemaNode.Type.QUANTITY ? List.of() : nodes(schema.path("oneOf"), false),
            not.isObject() ? SchemaNode.compile(not) : null);
    return rules.equals(NONE) ? NONE : rules;
  }

  /// By identity: comparing would cost what it saves.
  @SuppressWarnings("ReferenceEquality")
  boolean demandsNothing() {
    return this == NONE;
  }

  private static List<SchemaNode> nodes(JsonNode list, boolean mixed) {
    if (list.isEmpty() || (mixed && isIntOrString(list))) {
      return List.of();
    }
    List<SchemaNode> nodes = new ArrayList<>();
    list.forEach(schema -> {
      if (!(mixed && isIntOrString(schema.path("anyOf")))) {
        nodes.add(SchemaNode.compile(schema));
      }
    });
    return List.copyOf(nodes);
  }

  /// The one list of types that a structural schema may have.
  static boolean isIntOrString(JsonNode anyOf) {
    return anyOf.size() == 2
        && anyOf.path(0).size() == 1
        && anyOf.path(0).path("type").asString("").equals("integer")
        && anyOf.path(1).size() == 1
        && anyOf.path(1).path("type").asString("").equals("string");
  }
}

package dev.ebb.kinds;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Walks an object beside its schema and collects what does not fit. The words of the messages are
/// those of the Kubernetes API server, because tools and people search for them.
///
/// A value that is what it was is not looked at: a schema that became stricter refuses nobody who
/// changes something else (KEP 4008, ratcheting).
final class SchemaValidator {
  private static final BigDecimal INT32_MIN = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal INT32_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal INT64_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal INT64_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final List<FieldError> errors;
  private final boolean custom;

  /// @param custom lists are checked for items that are the same, and embedded objects for their
  ///   type, as in custom resources; kinds of Kubernetes have rules of their own for both
  SchemaValidator(List<FieldError> errors, boolean custom) {
    this.errors = errors;
    this.custom = custom;
  }

  /// @param before the value in the stored object; a missing node for none
  void validate(SchemaNode schema, JsonNode value, JsonNode before, String path) {
    if (!before.isMissingNode() && SameJson.same(value, before)) {
      return;
    }
    if (value.isNull()) {
      if (!schema.nullable() && schema.type() != SchemaNode.Type.ANY) {
        errors.add(FieldError.wrongType(path, value, word(schema.type())));
      }
      return;
    }
    if (!fits(schema.type(), value)) {
      errors.add(FieldError.wrongType(path, value, word(schema.type())));
      return;
    }
    new ValueValidator(errors, custom).validate(schema.rules(), value, path);
    if (value.isObject()) {
      fields(schema, value, before, path);
    } else if (value.isArray()) {
      items(schema, value, before, path);
    }
  }

  private void fields(SchemaNode schema, JsonNode value, JsonNode before, String path) {
    if (custom && schema.embedded()) {
      for (String name : List.of("apiVersion", "kind")) {
        if (value.path(name).asString("").isEmpty()) {
          errors.add(FieldError.required(child(path, name), "Required value: must not be empty"));
        }
      }
    }
    for (var entry : value.properties()) {
      SchemaNode property = schema.properties().get(entry.getKey());
      JsonNode old = before.path(entry.getKey());
      if (property != null) {
        validate(property, entry.getValue(), old, child(path, entry.getKey()));
      } else if (schema.additional() != null) {
        validate(schema.additional(), entry.getValue(), old, key(path, entry.getKey()));
      }
    }
  }

  private void items(SchemaNode schema, JsonNode value, JsonNode before, String path) {
    ListRules list = custom ? schema.list() : ListRules.ATOMIC;
    boolean named = list.type() != ListRules.Type.ATOMIC;
    Map<JsonNode, JsonNode> old = new HashMap<>();
    if (named) {
      before.forEach(item -> old.put(list.identity(item), item));
    }
    Map<JsonNode, JsonNode> seen = new HashMap<>();
    for (int i = 0; i < value.size(); i++) {
      String itemPath = path + "[" + i + "]";
      JsonNode identity = named ? list.identity(value.get(i)) : MissingNode.getInstance();
      if (named && seen.put(identity, identity) != null) {
        errors.add(FieldError.duplicate(itemPath, identity));
      }
      if (schema.items() != null) {
        JsonNode same = named ? old.get(identity) : null;
        validate(
            schema.items(),
            value.get(i),
            same == null ? MissingNode.getInstance() : same,
            itemPath);
      }
    }
  }

  private static boolean fits(SchemaNode.Type type, JsonNode value) {
    return switch (type) {
      case ANY -> true;
      case OBJECT -> value.isObject();
      case ARRAY -> value.isArray();
      case STRING -> value.isString();
      case BOOLEAN -> value.isBoolean();
      case NUMBER -> value.isNumber();
      case INT32 -> isWhole(value, INT32_MIN, INT32_MAX);
      case INT64 -> isWhole(value, INT64_MIN, INT64_MAX);
      case QUANTITY -> value.isString() || value.isNumber();
      case INT_OR_STRING -> value.isString() || isWhole(value, INT64_MIN, INT64_MAX);
    };
  }

  private static boolean isWhole(JsonNode value, BigDecimal least, BigDecimal most) {
    if (!value.isNumber()) {
      return false;
    }
    BigDecimal number = value.decimalValue();
    return number.compareTo(least) >= 0
        && number.compareTo(most) <= 0
        && number.stripTrailingZeros().scale() <= 0;
  }

  private static String word(SchemaNode.Type type) {
    return switch (type) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> "number";
      case INT32, INT64 -> "integer";
      case INT_OR_STRING -> "integer,string";
      case QUANTITY -> "number,string";
      case ANY -> "any";
    };
  }

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String key(String path, String name) {
    return path + "[" + name + "]";
  }
}

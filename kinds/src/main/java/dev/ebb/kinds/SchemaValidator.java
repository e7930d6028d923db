package dev.ebb.kinds;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Walks an object beside its schema and collects what does not fit. The words of the messages are
/// those of the Kubernetes API server, because tools and people search for them.
final class SchemaValidator {
  private static final BigDecimal INT32_MIN = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal INT32_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal INT64_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal INT64_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final List<FieldError> errors;

  SchemaValidator(List<FieldError> errors) {
    this.errors = errors;
  }

  void validate(SchemaNode schema, JsonNode value, String path) {
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
    if (!schema.allowed().isEmpty() && !schema.allowed().contains(value)) {
      errors.add(
          FieldError.notSupported(
              path, value, schema.allowed().stream().map(JsonNode::asString).toList()));
    }
    if (value.isObject()) {
      validateObject(schema, value, path);
    } else if (value.isArray()) {
      validateArray(schema, value, path);
    } else if (value.isString()) {
      validateString(schema, value, path);
    } else if (value.isNumber()) {
      validateNumber(schema, value, path);
    }
  }

  private void validateObject(SchemaNode schema, JsonNode value, String path) {
    for (String name : schema.required()) {
      if (!value.has(name)) {
        errors.add(FieldError.required(child(path, name), "Required value"));
      }
    }
    for (var entry : value.properties()) {
      SchemaNode property = schema.properties().get(entry.getKey());
      if (property != null) {
        validate(property, entry.getValue(), child(path, entry.getKey()));
      } else if (schema.additional() != null) {
        validate(schema.additional(), entry.getValue(), key(path, entry.getKey()));
      }
    }
  }

  private void validateArray(SchemaNode schema, JsonNode value, String path) {
    if (schema.minItems().isPresent() && value.size() < schema.minItems().getAsInt()) {
      int least = schema.minItems().getAsInt();
      errors.add(
          FieldError.invalid(path, value.size(), "must have at least %d items".formatted(least)));
    }
    if (schema.maxItems().isPresent() && value.size() > schema.maxItems().getAsInt()) {
      int most = schema.maxItems().getAsInt();
      errors.add(
          new FieldError(
              "FieldValueTooMany",
              path,
              "Too many: %d: must have at most %d items".formatted(value.size(), most)));
    }
    if (schema.items() != null) {
      for (int i = 0; i < value.size(); i++) {
        validate(schema.items(), value.get(i), path + "[" + i + "]");
      }
    }
  }

  private void validateString(SchemaNode schema, JsonNode value, String path) {
    String text = value.asString();
    int length = text.codePointCount(0, text.length());
    if (schema.maxLength().isPresent() && length > schema.maxLength().getAsInt()) {
      errors.add(FieldError.tooLong(path, schema.maxLength().getAsInt()));
    }
    if (schema.minLength().isPresent() && length < schema.minLength().getAsInt()) {
      int least = schema.minLength().getAsInt();
      errors.add(
          FieldError.invalid(
              path, value, "%s should be at least %d chars long".formatted(body(path), least)));
    }
    Pattern pattern = schema.pattern();
    if (pattern != null && !pattern.matcher(text).find()) {
      errors.add(
          FieldError.invalid(
              path, value, "%s should match '%s'".formatted(body(path), pattern.pattern())));
    }
  }

  private void validateNumber(SchemaNode schema, JsonNode value, String path) {
    BigDecimal number = value.decimalValue();
    JsonNode least = schema.minimum();
    if (least.isNumber() && number.compareTo(least.decimalValue()) < 0) {
      errors.add(
          FieldError.invalid(
              path, value, body(path) + " should be greater than or equal to " + least));
    }
    JsonNode most = schema.maximum();
    if (most.isNumber() && number.compareTo(most.decimalValue()) > 0) {
      errors.add(
          FieldError.invalid(path, value, body(path) + " should be less than or equal to " + most));
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
      case INT_OR_STRING -> value.isString() || isWhole(value, INT64_MIN, INT64_MAX);
    };
  }

  private static boolean isWhole(JsonNode value, BigDecimal least, BigDecimal most) {
    if (!value.isNumber()) {
      return false;
    }
    BigDecimal number = value.decimalValue();
    return number.stripTrailingZeros().scale() <= 0
        && number.compareTo(least) >= 0
        && number.compareTo(most) <= 0;
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
      case ANY -> "any";
    };
  }

  private static String body(String path) {
    return path + " in body";
  }

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String key(String path, String name) {
    return path + "[" + name + "]";
  }
}

package dev.ebb.kinds;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// One thing that is wrong with an object, as a cause in a Kubernetes `Status`.
///
/// @param reason a `CauseType` of the Kubernetes API: `FieldValueInvalid`, `FieldValueRequired`,
///   `FieldValueNotSupported`, `FieldValueForbidden`, `FieldValueDuplicate`,
///   `FieldValueTypeInvalid`, `FieldValueTooLong`, `FieldValueNotFound`
/// @param field its path: `spec.template.spec.containers[0].image`
/// @param message whole, without the field: `Invalid value: 7: must be less than 5`
/// @param summary what a webhook writes before the field: `invalid value: 7`; see [Denial]
/// @param detail what a webhook writes on the line below, or empty
public record FieldError(
    String reason, String field, String message, String summary, String detail) {
  /// A longer value is cut in a message: 1 KiB tells which one it was.
  private static final int SHOWN_VALUE_CHARS = 1024;

  /// What Kubernetes and webhooks say alike.
  public FieldError(String reason, String field, String message) {
    this(reason, field, message, message, "");
  }

  public static FieldError required(String field, String message) {
    return new FieldError("FieldValueRequired", field, message).saying("missing field(s)");
  }

  public static FieldError invalid(String field, String message) {
    return new FieldError("FieldValueInvalid", field, message);
  }

  /// Shows the value as JSON before the detail, as Kubernetes does.
  public static FieldError invalid(String field, Object value, String detail) {
    return invalid(field, "Invalid value: %s: %s".formatted(show(value), detail))
        .saying("invalid value: " + cut(plain(value)), detail);
  }

  /// A number that is too small or too large.
  public static FieldError outOfBounds(String field, Object value, Object least, Object most) {
    String expected = "expected %s <= %s <= %s".formatted(least, plain(value), most);
    return invalid(field, value, expected).saying(expected);
  }

  public static FieldError forbidden(String field, String message) {
    return new FieldError("FieldValueForbidden", field, message)
        .saying("must not set the field(s)");
  }

  public static FieldError duplicate(String field, Object value) {
    return new FieldError("FieldValueDuplicate", field, "Duplicate value: " + show(value));
  }

  public static FieldError notSupported(String field, Object value, List<String> supported) {
    return new FieldError(
            "FieldValueNotSupported",
            field,
            supported.stream()
                .map(FieldError::show)
                .collect(
                    Collectors.joining(
                        ", ",
                        "Unsupported value: %s: supported values: ".formatted(show(value)),
                        "")))
        .saying("invalid value: " + cut(plain(value)));
  }

  /// It names something that is not there.
  public static FieldError notFound(String field, Object value) {
    return new FieldError("FieldValueNotFound", field, "Not found: " + show(value));
  }

  /// @param most in Unicode characters
  public static FieldError tooLong(String field, int most) {
    return new FieldError(
        "FieldValueTooLong", field, "Too long: may not be more than %d characters".formatted(most));
  }

  /// @param expected `string`, `integer`, `boolean`, `object`, `array`
  public static FieldError wrongType(String field, JsonNode value, String expected) {
    return new FieldError(
        "FieldValueTypeInvalid",
        field,
        "Invalid value: %s: %s in body must be of type %s: %s"
            .formatted(show(value), field, expected, show(typeOf(value))));
  }

  /// The same, in these words of a webhook.
  public FieldError saying(String otherSummary) {
    return saying(otherSummary, "");
  }

  /// The same, in these words of a webhook.
  public FieldError saying(String otherSummary, String otherDetail) {
    return new FieldError(reason, field, message, otherSummary, otherDetail);
  }

  /// This error of a part of an object, as an error of the whole: `[0].image` or `image` below
  /// `spec.containers`.
  public FieldError under(String parent) {
    boolean joined = field.isEmpty() || parent.isEmpty() || field.startsWith("[");
    return at(parent + (joined ? "" : ".") + field);
  }

  /// The same of another field.
  public FieldError at(String otherField) {
    return new FieldError(reason, otherField, message, summary, detail);
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      default -> "null";
    };
  }

  private static String show(Object value) {
    return cut(value instanceof String string ? JsonText.quote(string) : String.valueOf(value));
  }

  private static String plain(Object value) {
    return value instanceof JsonNode json ? json.asString(json.toString()) : String.valueOf(value);
  }

  private static String cut(String text) {
    return text.length() <= SHOWN_VALUE_CHARS ? text : text.substring(0, SHOWN_VALUE_CHARS) + "...";
  }
}

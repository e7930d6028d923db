package dev.ebb.kinds;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Holds one value against the [ValueRules] of its place; the type is known to fit.
final class ValueValidator {
  private final List<FieldError> errors;
  private final boolean custom;

  ValueValidator(List<FieldError> errors, boolean custom) {
    this.errors = errors;
    this.custom = custom;
  }

  void validate(ValueRules rules, JsonNode value, String path) {
    if (rules.demandsNothing()) {
      return;
    }
    if (!rules.allowed().isEmpty()
        && rules.allowed().stream().noneMatch(allowed -> SameJson.same(allowed, value))) {
      errors.add(
          FieldError.notSupported(
              path, value, rules.allowed().stream().map(ValueValidator::text).toList()));
    }
    if (value.isObject()) {
      object(rules, value, path);
    } else if (value.isArray()) {
      array(rules.counts(), value, path);
    } else if (value.isString()) {
      string(rules, value, path);
    } else if (value.isNumber()) {
      number(rules.range(), value, path);
    }
    junctors(rules, value, path);
  }

  private void object(ValueRules rules, JsonNode value, String path) {
    for (String name : rules.required()) {
      if (!value.has(name)) {
        errors.add(FieldError.required(SchemaValidator.child(path, name), "Required value"));
      }
    }
    ValueRules.Counts counts = rules.counts();
    if (counts.minProperties().isPresent() && value.size() < counts.minProperties().getAsInt()) {
      int least = counts.minProperties().getAsInt();
      errors.add(
          FieldError.invalid(
              path, value, body(path) + " should have at least %d properties".formatted(least)));
    }
    if (counts.maxProperties().isPresent() && value.size() > counts.maxProperties().getAsInt()) {
      errors.add(tooMany(path, value.size(), counts.maxProperties().getAsInt()));
    }
  }

  private void array(ValueRules.Counts counts, JsonNode value, String path) {
    if (counts.minItems().isPresent() && value.size() < counts.minItems().getAsInt()) {
      int least = counts.minItems().getAsInt();
      errors.add(
          FieldError.invalid(
              path, value.size(), body(path) + " should have at least %d items".formatted(least)));
    }
    if (counts.maxItems().isPresent() && value.size() > counts.maxItems().getAsInt()) {
      errors.add(tooMany(path, value.size(), counts.maxItems().getAsInt()));
    }
    if (counts.unique()) {
      Set<JsonNode> seen = new HashSet<>();
      boolean[] unique = {true};
      value.forEach(item -> unique[0] &= seen.add(item));
      if (!unique[0]) {
        errors.add(FieldError.invalid(path, value, body(path) + " shouldn't contain duplicates"));
      }
    }
  }

  private void string(ValueRules rules, JsonNode value, String path) {
    String text = value.asString();
    int length = text.codePointCount(0, text.length());
    ValueRules.Counts counts = rules.counts();
    if (counts.maxLength().isPresent() && length > counts.maxLength().getAsInt()) {
      errors.add(FieldError.tooLong(path, counts.maxLength().getAsInt()));
    }
    if (counts.minLength().isPresent() && length < counts.minLength().getAsInt()) {
      int least = counts.minLength().getAsInt();
      errors.add(
          FieldError.invalid(
              path, value, body(path) + " should be at least %d chars long".formatted(least)));
    }
    SchemaPattern pattern = rules.pattern();
    if (pattern != null && !pattern.isFeasible(text)) {
      errors.add(
          FieldError.invalid(
              path, value, body(path) + " is too long for '%s'".formatted(pattern.source())));
    } else if (pattern != null && !pattern.matches(text)) {
      errors.add(
          FieldError.invalid(
              path, value, body(path) + " should match '%s'".formatted(pattern.source())));
    }
    // Kubernetes's own kinds have rules of their own, which do not tell what a Secret contains.
    if (custom && !rules.format().isEmpty() && !Formats.fits(rules.format(), text)) {
      errors.add(
          new FieldError(
              "FieldValueTypeInvalid",
              path,
              FieldError.invalid(
                      path,
                      value,
                      "%s must be of type %s: %s".formatted(body(path), rules.format(), value))
                  .message()));
    }
  }

  private void number(ValueRules.Range range, JsonNode value, String path) {
    BigDecimal number = value.decimalValue();
    if (range.least().isNumber()) {
      int order = number.compareTo(range.least().decimalValue());
      if (order < 0 || (order == 0 && range.excludesLeast())) {
        String words = range.excludesLeast() ? "greater than " : "greater than or equal to ";
        wrongNumber(value, path, words + range.least());
      }
    }
    if (range.most().isNumber()) {
      int order = number.compareTo(range.most().decimalValue());
      if (order > 0 || (order == 0 && range.excludesMost())) {
        String words = range.excludesMost() ? "less than " : "less than or equal to ";
        wrongNumber(value, path, words + range.most());
      }
    }
    if (range.step().isNumber()
        && range.step().decimalValue().signum() > 0
        && number.remainder(range.step().decimalValue()).signum() != 0) {
      wrongNumber(value, path, "a multiple of " + range.step());
    }
  }

  private void wrongNumber(JsonNode value, String path, String words) {
    errors.add(FieldError.invalid(path, value, body(path) + " should be " + words));
  }

  private void junctors(ValueRules rules, JsonNode value, String path) {
    if (!rules.anyOf().isEmpty()) {
      Alternatives any = alternatives(rules.anyOf(), value, path);
      if (any.fitting() == 0) {
        composite("%s must validate at least one schema (anyOf)", path);
        errors.addAll(any.nearest());
      }
    }
    if (!rules.oneOf().isEmpty()) {
      Alternatives one = alternatives(rules.oneOf(), value, path);
      if (one.fitting() != 1) {
        String found =
            one.fitting() == 0
                ? "Found none valid"
                : "Found %d valid alternatives".formatted(one.fitting());
        composite("%s must validate one and only one schema (oneOf). " + found, path);
        errors.addAll(one.nearest());
      }
    }
    int failed = 0;
    for (SchemaNode schema : rules.allOf()) {
      List<FieldError> wrong = errorsOf(schema, value, path);
      failed += wrong.isEmpty() ? 0 : 1;
      errors.addAll(wrong);
    }
    if (failed > 0) {
      String none = failed == rules.allOf().size() ? ". None validated" : "";
      composite("%s must validate all the schemas (allOf)" + none, path);
    }
    if (rules.not() != null && errorsOf(rules.not(), value, path).isEmpty()) {
      composite("%s must not validate the schema (not)", path);
    }
  }

  /// @param nearest the errors of the alternative that fits best, when none fits
  private record Alternatives(int fitting, List<FieldError> nearest) {}

  private Alternatives alternatives(List<SchemaNode> schemas, JsonNode value, String path) {
    int fitting = 0;
    List<FieldError> nearest = List.of();
    for (SchemaNode schema : schemas) {
      List<FieldError> wrong = errorsOf(schema, value, path);
      if (wrong.isEmpty()) {
        fitting++;
      } else if (nearest.isEmpty() || wrong.size() < nearest.size()) {
        nearest = wrong;
      }
    }
    return new Alternatives(fitting, fitting == 0 ? nearest : List.of());
  }

  private List<FieldError> errorsOf(SchemaNode schema, JsonNode value, String path) {
    List<FieldError> found = new ArrayList<>();
    new SchemaValidator(found, custom).validate(schema, value, MissingNode.getInstance(), path);
    return found;
  }

  /// Kubernetes gives these no field; its printing of an absent one is part of what people know.
  private void composite(String words, String path) {
    errors.add(FieldError.invalid("<nil>", "", words.formatted(JsonText.quote(path))));
  }

  private static FieldError tooMany(String path, int actual, int most) {
    return new FieldError(
        "FieldValueTooMany",
        path,
        "Too many: %d: must have at most %d items".formatted(actual, most));
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }

  private static String body(String path) {
    return path + " in body";
  }
}

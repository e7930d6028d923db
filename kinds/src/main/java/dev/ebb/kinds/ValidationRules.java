package dev.ebb.kinds;

import dev.ebb.kinds.cel.CelFailure;
import dev.ebb.kinds.cel.CelRule;
import dev.ebb.kinds.cel.CelValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// The `x-kubernetes-validations` of one place of a schema, and of those below it.
///
/// A rule that speaks of `oldSelf` counts for changes of what was there, any other for what is new
/// or changed. Rules that use functions which Ebb lacks are passed over; who writes the definition
/// is told.
///
/// @param list how items are told apart, so that an item can be compared with what it was
record ValidationRules(
    List<Rule> rules,
    Map<String, ValidationRules> properties,
    @Nullable ValidationRules items,
    @Nullable ValidationRules additional,
    ListRules list,
    JsonNode schema,
    boolean root) {
  /// For all rules of one write. A single evaluation is bounded by its iterations.
  private static final long BUDGET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

  private record Rule(JsonNode json, boolean usesOldSelf, CelRule rule) {
    String word(String name) {
      return json.path(name).asString("");
    }
  }

  /// Empty where no rule stands in the whole schema.
  static Optional<ValidationRules> compile(JsonNode schema) {
    return Optional.ofNullable(compile(schema, true));
  }

  private static @Nullable ValidationRules compile(JsonNode schema, boolean root) {
    if (!schema.isObject()) {
      return null;
    }
    Map<String, ValidationRules> properties = new HashMap<>();
    schema
        .path("properties")
        .properties()
        .forEach(field -> {
          ValidationRules below = compile(field.getValue(), false);
          if (below != null) {
            properties.put(field.getKey(), below);
          }
        });
    ValidationRules items = compile(schema.path("items"), false);
    ValidationRules additional = compile(schema.path("additionalProperties"), false);
    List<Rule> rules = new ArrayList<>();
    for (JsonNode rule : schema.path("x-kubernetes-validations")) {
      String text = rule.path("rule").asString("");
      if (CelRule.compile(text, "bool") instanceof CelRule.Compiled.Rule compiled) {
        rules.add(new Rule(rule, OLD_SELF.matcher(text).find(), compiled.rule()));
      }
    }
    if (rules.isEmpty() && properties.isEmpty() && items == null && additional == null) {
      return null;
    }
    return new ValidationRules(
        rules, properties, items, additional, ListRules.compile(schema), schema, root);
  }

  /// @param before the stored object; a missing node for none
  List<FieldError> validate(JsonNode object, JsonNode before) {
    List<FieldError> errors = new ArrayList<>();
    long deadline = System.nanoTime() + BUDGET_NANOS;
    if (!walk(object, before, "", errors, deadline)) {
      errors.add(
          FieldError.forbidden(
              "<nil>",
              "Forbidden: validation failed due to running out of cost budget, no further"
                  + " validation rules will be run"));
    }
    return errors;
  }

  /// @return false when the time is over
  private boolean walk(
      JsonNode value, JsonNode before, String path, List<FieldError> errors, long deadline) {
    if (value.isMissingNode() || value.isNull()) {
      return true;
    }
    for (Rule rule : rules) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      check(rule, value, before, path).ifPresent(errors::add);
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      ValidationRules named = properties.get(field.getKey());
      JsonNode old = before.path(field.getKey());
      if (named != null) {
        String below = SchemaValidator.child(path, field.getKey());
        if (!named.walk(field.getValue(), old, below, errors, deadline)) {
          return false;
        }
      } else if (additional != null
          && !additional.walk(
              field.getValue(), old, "%s[%s]".formatted(path, field.getKey()), errors, deadline)) {
        return false;
      }
    }
    return items == null
        || !value.isArray()
        || walkItems(items, value, before, path, errors, deadline);
  }

  private boolean walkItems(
      ValidationRules rules,
      JsonNode value,
      JsonNode before,
      String path,
      List<FieldError> errors,
      long deadline) {
    Map<JsonNode, JsonNode> old = new HashMap<>();
    if (list.type() == ListRules.Type.MAP) {
      before.forEach(item -> old.put(list.identity(item), item));
    }
    for (int i = 0; i < value.size(); i++) {
      JsonNode same = old.get(list.identity(value.get(i)));
      if (!rules.walk(
          value.get(i),
          same == null ? MissingNode.getInstance() : same,
          "%s[%d]".formatted(path, i),
          errors,
          deadline)) {
        return false;
      }
    }
    return true;
  }

  private Optional<FieldError> check(Rule rule, JsonNode value, JsonNode before, String path) {
    boolean optional = rule.json().path("optionalOldSelf").asBoolean(false);
    boolean known = !before.isMissingNode();
    Optional<Object> oldSelf = Optional.empty();
    if (rule.usesOldSelf()) {
      if (!known && !optional) {
        return Optional.empty();
      }
      Object old = known ? CelValues.of(before, schema, root) : CelValues.none();
      oldSelf = Optional.of(known && optional ? CelValues.some(old) : old);
    } else if (known && SameJson.same(value, before)) {
      return Optional.empty();
    }
    Object self = CelValues.of(value, schema, root);
    try {
      return Boolean.TRUE.equals(rule.rule().evaluate(self, oldSelf))
          ? Optional.empty()
          : Optional.of(error(rule, message(rule, self, oldSelf), path));
    } catch (CelFailure e) {
      return Optional.of(
          FieldError.invalid(
              place(rule, path),
              schema.path("type").asString(""),
              "%s evaluating rule: %s".formatted(e.problem(), rule.word("rule"))));
    }
  }

  private static String message(Rule rule, Object self, Optional<Object> oldSelf) {
    String expression = rule.word("messageExpression");
    if (!expression.isEmpty()
        && CelRule.compile(expression, "string") instanceof CelRule.Compiled.Rule compiled) {
      try {
        String made = String.valueOf(compiled.rule().evaluate(self, oldSelf)).strip();
        if (!made.isEmpty() && !made.contains("\n")) {
          return made;
        }
      } catch (CelFailure e) {
        // The rule has a message or a text that can be told instead, as in Kubernetes.
      }
    }
    String message = rule.word("message").strip();
    return message.isEmpty() ? "failed rule: " + rule.word("rule").strip() : message;
  }

  private FieldError error(Rule rule, String message, String path) {
    String field = place(rule, path);
    String type = schema.path("type").asString("");
    return switch (rule.word("reason")) {
      case "FieldValueRequired" -> FieldError.required(field, "Required value: " + message);
      case "FieldValueForbidden" -> FieldError.forbidden(field, "Forbidden: " + message);
      case "FieldValueDuplicate" -> FieldError.duplicate(field, type);
      default -> FieldError.invalid(field, type, message);
    };
  }

  private static String place(Rule rule, String path) {
    String more = rule.word("fieldPath").strip();
    if (more.isEmpty()) {
      return path;
    }
    return path.isEmpty() && more.startsWith(".") ? more.substring(1) : path + more;
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a `LabelSelector` chooses, and whether it is one.
final class SelectorRules {
  private SelectorRules() {}

  static void validate(String path, JsonNode selector, List<FieldError> errors) {
    JsonNode expressions = selector.path("matchExpressions");
    for (int i = 0; i < expressions.size(); i++) {
      String at = path + ".matchExpressions[" + i + "]";
      JsonNode expression = expressions.get(i);
      boolean values = !expression.path("values").isEmpty();
      String operator = expression.path("operator").asString("");
      switch (operator) {
        case "In", "NotIn" -> {
          if (!values) {
            errors.add(
                FieldError.required(
                    at + ".values",
                    "Required value: must be specified when `operator` is 'In' or 'NotIn'"));
          }
        }
        case "Exists", "DoesNotExist" -> {
          if (values) {
            errors.add(
                FieldError.forbidden(
                    at + ".values",
                    "Forbidden: may not be specified when `operator` is 'Exists' or"
                        + " 'DoesNotExist'"));
          }
        }
        default ->
            errors.add(
                FieldError.invalid(at + ".operator", operator, "not a valid selector operator"));
      }
    }
  }

  static boolean isEmpty(JsonNode selector) {
    return selector.path("matchLabels").isEmpty() && selector.path("matchExpressions").isEmpty();
  }

  static boolean matches(JsonNode selector, JsonNode labels) {
    for (Map.Entry<String, JsonNode> wanted : selector.path("matchLabels").properties()) {
      if (!wanted.getValue().equals(labels.path(wanted.getKey()))) {
        return false;
      }
    }
    for (JsonNode expression : selector.path("matchExpressions")) {
      if (!holds(expression, labels)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(JsonNode expression, JsonNode labels) {
    JsonNode label = labels.path(expression.path("key").asString(""));
    boolean named = expression.path("values").valueStream().anyMatch(label::equals);
    return switch (expression.path("operator").asString("")) {
      case "In" -> named;
      case "NotIn" -> !named;
      case "Exists" -> !label.isMissingNode();
      default -> label.isMissingNode();
    };
  }
}

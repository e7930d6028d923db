package dev.ebb.kinds.core;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A `LabelSelector` as clients write it in a query: `app=web,tier in (a,b),!old`.
final class SelectorText {
  private SelectorText() {}

  /// `<none>` for a selector that says nothing.
  static String of(JsonNode selector) {
    Stream<String> labels =
        selector.path("matchLabels").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asString(""));
    Stream<String> expressions =
        selector.path("matchExpressions").valueStream().map(SelectorText::expression);
    return Columns.or(
        Stream.concat(labels, expressions).collect(Collectors.joining(",")), Columns.NONE);
  }

  private static String expression(JsonNode expression) {
    String key = expression.path("key").asString("");
    String values =
        expression
            .path("values")
            .valueStream()
            .map(value -> value.asString(""))
            .sorted()
            .collect(Collectors.joining(",", " (", ")"));
    return switch (expression.path("operator").asString("")) {
      case "In" -> key + " in" + values;
      case "NotIn" -> key + " notin" + values;
      case "DoesNotExist" -> "!" + key;
      default -> key;
    };
  }
}

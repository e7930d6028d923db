package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.HumanDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.StringNode;

/// Shapes of columns that Kubernetes's own kinds have in common.
final class Columns {
  static final String NONE = "<none>";
  static final String UNSET = "<unset>";

  /// Lists show three items and the number of the others.
  private static final int SHOWN = 3;

  private Columns() {}

  static PrinterColumn text(String name, Function<KubernetesObject, String> cell) {
    return computed(name, "string", "", 0, (object, now) -> StringNode.valueOf(cell.apply(object)));
  }

  /// Shown with `-o wide`.
  static PrinterColumn wide(String name, Function<KubernetesObject, String> cell) {
    return computed(name, "string", "", 1, (object, now) -> StringNode.valueOf(cell.apply(object)));
  }

  /// A text of the object, or something else where it is absent or empty.
  static PrinterColumn text(String name, String path, String absent) {
    List<String> words = words(path);
    return text(name, object -> or(at(object.json(), words).asString(""), absent));
  }

  /// A number of the object; absent is zero.
  static PrinterColumn number(String name, String path) {
    List<String> words = words(path);
    return computed(
        name,
        "integer",
        "",
        0,
        (object, now) -> LongNode.valueOf(at(object.json(), words).asLong(0)));
  }

  /// How many items a list or map has.
  static PrinterColumn count(String name, String path) {
    List<String> words = words(path);
    return computed(
        name, "integer", "", 0, (object, now) -> LongNode.valueOf(at(object.json(), words).size()));
  }

  /// Whatever stands there, as text.
  static PrinterColumn shown(String name, String path, String absent) {
    List<String> words = words(path);
    return text(
        name,
        object -> {
          JsonNode value = at(object.json(), words);
          return value.isMissingNode() || value.isNull() ? absent : value.asString("");
        });
  }

  static String or(String text, String absent) {
    return text.isEmpty() ? absent : text;
  }

  static String join(Stream<JsonNode> values) {
    return values.map(value -> value.asString("")).collect(Collectors.joining(","));
  }

  /// The first three, and how many more there are.
  static String few(List<String> all, String absent) {
    if (all.isEmpty()) {
      return absent;
    }
    String shown = all.stream().limit(SHOWN).collect(Collectors.joining(","));
    return all.size() > SHOWN ? shown + " + " + (all.size() - SHOWN) + " more..." : shown;
  }

  /// How long ago a time was.
  static String ago(JsonNode time, Instant now, String absent) {
    return instant(time)
        .map(then -> HumanDuration.format(Duration.between(then, now)))
        .orElse(absent);
  }

  static Optional<Instant> instant(JsonNode time) {
    try {
      return Optional.of(Instant.parse(time.asString("")));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  private static List<String> words(String path) {
    return List.of(path.split("\\."));
  }

  private static JsonNode at(JsonNode json, List<String> words) {
    JsonNode node = json;
    for (String word : words) {
      node = node.path(word);
    }
    return node;
  }
}

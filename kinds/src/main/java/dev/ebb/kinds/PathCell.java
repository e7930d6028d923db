package dev.ebb.kinds;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.StringNode;

/// What a JSONPath finds, in the form of its column's type; compiled at the first row.
final class PathCell implements PrinterColumn.Cell {
  private final String type;
  private final String source;
  private volatile @Nullable JsonPath path;

  PathCell(String type, String source) {
    this.type = type;
    this.source = source;
  }

  @Override
  public JsonNode of(KubernetesObject object, Instant now) {
    List<JsonNode> found = path().find(object.json());
    if (found.isEmpty()) {
      return MissingNode.getInstance();
    }
    JsonNode first = found.getFirst();
    return switch (type) {
      case "integer", "number", "boolean" -> first;
      case "date" -> age(first, now);
      default ->
          first.isNull()
              ? first
              : StringNode.valueOf(
                  found.stream().map(PathCell::text).collect(Collectors.joining(" ")));
    };
  }

  private JsonPath path() {
    JsonPath present = path;
    if (present == null) {
      present = JsonPath.compile(source);
      path = present;
    }
    return present;
  }

  private static JsonNode age(JsonNode time, Instant now) {
    try {
      Instant since = Instant.parse(time.asString(""));
      return StringNode.valueOf(HumanDuration.format(Duration.between(since, now)));
    } catch (DateTimeException notATime) {
      return JsonNodeFactory.instance.stringNode("<unknown>");
    }
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.asString() : node.toString();
  }
}

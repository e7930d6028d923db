package dev.ebb.kinds.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Builds JSON from the events of a YAML parser, one document after the other. It reads events, not
/// the parser's own tree, so that depth and the growth by aliases are bounded where they happen:
/// nine lines of aliases of aliases are a billion nodes.
final class YamlTree {
  /// No manifest is deeper than about 30.
  static final int MAX_DEPTH = 200;

  /// Nodes of one text after its aliases are resolved; a manifest of 8 MiB has about so many.
  static final int MAX_NODES = 1_000_000;

  private static final String TAG_PREFIX = "tag:yaml.org,2002:";

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final Iterator<Event> events;
  private final boolean asText;
  private final Map<Anchor, JsonNode> anchors = new HashMap<>();
  private int nodes;

  /// A document and where it starts.
  record Document(JsonNode root, int line, int column) {}

  /// @param asText whether plain scalars stay what was written: `yes`, `1.10`, `08`
  YamlTree(Iterator<Event> events, boolean asText) {
    this.events = events;
    this.asText = asText;
  }

  List<Document> documents() {
    List<Document> documents = new ArrayList<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        anchors.clear();
        Event first = events.next();
        Mark mark = first.getStartMark().orElseThrow();
        documents.add(new Document(node(first, 0), mark.getLine() + 1, mark.getColumn() + 1));
      }
    }
    return documents;
  }

  private JsonNode node(Event event, int depth) {
    if (depth > MAX_DEPTH) {
      throw bad(event, "more than %d levels deep".formatted(MAX_DEPTH));
    }
    count(event, 1);
    JsonNode node =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case MappingStartEvent start -> mapping(start, depth);
          case SequenceStartEvent start -> sequence(start, depth);
          case AliasEvent alias -> alias(alias);
          default -> throw bad(event, "unexpected " + event.getEventId());
        };
    if (event instanceof NodeEvent named && !(event instanceof AliasEvent)) {
      named.getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
    }
    return node;
  }

  private ArrayNode sequence(SequenceStartEvent start, int depth) {
    checkTag(start, start.getTag(), "seq");
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      array.add(node(event, depth + 1));
    }
    return array;
  }

  private ObjectNode mapping(MappingStartEvent start, int depth) {
    checkTag(start, start.getTag(), "map");
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    List<ObjectNode> merged = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      if (isMergeKey(event)) {
        Event value = events.next();
        merge(value, node(value, depth + 1), merged);
        continue;
      }
      String key = key(event);
      if (object.has(key)) {
        throw bad(event, "key \"%s\" is already in this mapping".formatted(key));
      }
      object.set(key, node(events.next(), depth + 1));
    }
    // What stands in the mapping itself wins over what is merged, and earlier over later.
    for (ObjectNode other : merged) {
      for (var entry : other.properties()) {
        if (!object.has(entry.getKey())) {
          object.set(entry.getKey(), entry.getValue());
        }
      }
    }
    return object;
  }

  private static boolean isMergeKey(Event event) {
    return event instanceof ScalarEvent scalar
        && scalar.isPlain()
        && scalar.getTag().isEmpty()
        && scalar.getValue().equals("<<");
  }

  private void merge(Event event, JsonNode value, List<ObjectNode> merged) {
    if (value instanceof ObjectNode object) {
      merged.add(object);
    } else if (value.isArray() && value.valueStream().allMatch(JsonNode::isObject)) {
      value.forEach(item -> merged.add((ObjectNode) item));
    } else {
      throw bad(event, "<< needs a mapping or a list of mappings");
    }
  }

  private String key(Event event) {
    JsonNode key = node(event, 0);
    if (key.isContainer() || key.isNull()) {
      throw bad(event, "a key must be a string, a number or a boolean");
    }
    return key.asString();
  }

  private JsonNode alias(AliasEvent alias) {
    JsonNode node = anchors.get(alias.getAlias());
    if (node == null) {
      throw bad(alias, "alias *%s has no anchor before it".formatted(alias.getAlias()));
    }
    count(alias, size(node));
    return node.deepCopy();
  }

  private int size(JsonNode node) {
    int size = 1;
    for (JsonNode child : node) {
      size += size(child);
    }
    return size;
  }

  private void count(Event event, int more) {
    nodes += more;
    if (nodes > MAX_NODES) {
      throw bad(event, "more than %d values, with its aliases resolved".formatted(MAX_NODES));
    }
  }

  private JsonNode scalar(ScalarEvent scalar) {
    if (asText && scalar.isPlain() && scalar.getTag().isEmpty()) {
      return NULLS.contains(scalar.getValue())
          ? JsonNodeFactory.instance.nullNode()
          : StringNode.valueOf(scalar.getValue());
    }
    String tag = scalar.getTag().orElse("");
    if (tag.isEmpty()) {
      return scalar.isPlain() ? plain(scalar) : StringNode.valueOf(scalar.getValue());
    }
    if (tag.equals("!") || tag.equals(TAG_PREFIX + "str")) {
      return StringNode.valueOf(scalar.getValue());
    }
    JsonNode node = plain(scalar);
    boolean fits =
        switch (tag) {
          case TAG_PREFIX + "int" -> node.isIntegralNumber();
          case TAG_PREFIX + "float" -> node.isNumber();
          case TAG_PREFIX + "bool" -> node.isBoolean();
          case TAG_PREFIX + "null" -> node.isNull();
          case TAG_PREFIX + "timestamp" -> node.isString();
          default -> throw bad(scalar, "tag %s is not supported".formatted(tag));
        };
    if (!fits) {
      throw bad(scalar, "\"%s\" does not fit its tag".formatted(scalar.getValue()));
    }
    return node;
  }

  private static JsonNode plain(ScalarEvent scalar) {
    return PlainScalar.read(scalar.getValue())
        .orElseThrow(() -> bad(scalar, "%s cannot be said in JSON".formatted(scalar.getValue())));
  }

  private static void checkTag(Event event, Optional<String> tag, String expected) {
    if (tag.isPresent() && !tag.get().equals(TAG_PREFIX + expected)) {
      throw bad(event, "tag %s is not supported".formatted(tag.get()));
    }
  }

  private static ManifestException bad(Event event, String problem) {
    Optional<Mark> mark = event.getStartMark();
    return new ManifestException(
        problem,
        mark.map(m -> m.getLine() + 1).orElse(0),
        mark.map(m -> m.getColumn() + 1).orElse(0));
  }
}

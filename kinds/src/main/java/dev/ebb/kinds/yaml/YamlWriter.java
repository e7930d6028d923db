package dev.ebb.kinds.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;
import tools.jackson.databind.JsonNode;

/// Writes JSON as YAML as `kubectl get -o yaml` does: keys in alphabetical order, lists not
/// indented, strings in quotes only where they would be read as something else. Pure.
public final class YamlWriter {
  private static final ImplicitTuple NO_TAG = new ImplicitTuple(true, true);

  private final List<Event> events = new ArrayList<>();

  private YamlWriter() {}

  public static String write(JsonNode root) {
    YamlWriter writer = new YamlWriter();
    writer.events.add(new StreamStartEvent());
    writer.events.add(new DocumentStartEvent(false, Optional.empty(), Map.of()));
    writer.node(root);
    writer.events.add(new DocumentEndEvent(false));
    writer.events.add(new StreamEndEvent());
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setUseUnicodeEncoding(true)
            .build();
    return new Present(settings).emitToString(writer.events.iterator());
  }

  private void node(JsonNode node) {
    switch (node.getNodeType()) {
      case OBJECT, POJO -> object(node);
      case ARRAY -> array(node);
      case STRING, BINARY -> string(node.asString());
      default -> scalar(node.toString(), ScalarStyle.PLAIN);
    }
  }

  private void object(JsonNode node) {
    events.add(new MappingStartEvent(Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
    node.properties().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .forEach(entry -> {
          string(entry.getKey());
          node(entry.getValue());
        });
    events.add(new MappingEndEvent());
  }

  private void array(JsonNode node) {
    events.add(new SequenceStartEvent(Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
    node.forEach(this::node);
    events.add(new SequenceEndEvent());
  }

  private void string(String text) {
    if (text.indexOf('\n') >= 0) {
      scalar(text, ScalarStyle.LITERAL);
    } else if (PlainScalar.isString(text) && !text.equals("<<")) {
      scalar(text, ScalarStyle.PLAIN);
    } else {
      scalar(text, ScalarStyle.DOUBLE_QUOTED);
    }
  }

  private void scalar(String text, ScalarStyle style) {
    events.add(new ScalarEvent(Optional.empty(), Optional.empty(), NO_TAG, text, style));
  }
}

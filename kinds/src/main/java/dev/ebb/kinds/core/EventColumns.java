package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.HumanDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/// Columns of Events. Their name says nothing, so it comes last and only in the wide form.
final class EventColumns {
  static final PrinterColumn[] ALL = {
    computed("Last Seen", "string", "Since the last occurrence.", 0, EventColumns::lastSeen),
    new PrinterColumn("Type", "string", ".type", "Normal or Warning.", 0),
    new PrinterColumn("Reason", "string", ".reason", "One word for programs.", 0),
    computed("Object", "string", "What it happened to.", 0, EventColumns::object),
    new PrinterColumn("Subobject", "string", ".involvedObject.fieldPath", "", 1),
    new PrinterColumn("Source", "string", ".source.component", "Who saw it.", 1),
    computed("Message", "string", "A sentence for people.", 0, EventColumns::message),
    computed("First Seen", "string", "Since the first occurrence.", 1, EventColumns::firstSeen),
    computed("Count", "integer", "How often.", 1, EventColumns::count),
    new PrinterColumn("Name", "string", "name", ".metadata.name", "", 1, PrinterColumn.Cell.NAME)
  };

  private EventColumns() {}

  private static JsonNode lastSeen(KubernetesObject event, Instant now) {
    return since(event, "lastTimestamp", now);
  }

  private static JsonNode firstSeen(KubernetesObject event, Instant now) {
    return since(event, "firstTimestamp", now);
  }

  private static JsonNode since(KubernetesObject event, String field, Instant now) {
    String time = event.json().path(field).asString(event.json().path("eventTime").asString(""));
    try {
      Duration age = Duration.between(Instant.parse(time), now);
      return StringNode.valueOf(HumanDuration.format(age));
    } catch (DateTimeException notATime) {
      return StringNode.valueOf("<unknown>");
    }
  }

  private static JsonNode object(KubernetesObject event, Instant now) {
    JsonNode involved = event.json().path("involvedObject");
    return StringNode.valueOf(
        involved.path("kind").asString("").toLowerCase(Locale.ROOT)
            + "/"
            + involved.path("name").asString(""));
  }

  private static JsonNode message(KubernetesObject event, Instant now) {
    return StringNode.valueOf(event.json().path("message").asString("").strip());
  }

  private static JsonNode count(KubernetesObject event, Instant now) {
    return IntNode.valueOf(event.json().path("count").asInt(1));
  }
}

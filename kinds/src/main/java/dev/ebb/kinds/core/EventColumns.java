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
    Columns.wide(
        "Subobject",
        event -> either(event, "involvedObject", "regarding").path("fieldPath").asString("")),
    Columns.wide("Source", EventColumns::source),
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
    String old = "deprecated" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
    String time = either(event, field, old).asString(event.json().path("eventTime").asString(""));
    try {
      Duration age = Duration.between(Instant.parse(time), now);
      return StringNode.valueOf(HumanDuration.format(age));
    } catch (DateTimeException notATime) {
      return StringNode.valueOf("<unknown>");
    }
  }

  private static JsonNode object(KubernetesObject event, Instant now) {
    JsonNode involved = either(event, "involvedObject", "regarding");
    return StringNode.valueOf(
        involved.path("kind").asString("").toLowerCase(Locale.ROOT)
            + "/"
            + involved.path("name").asString(""));
  }

  private static JsonNode message(KubernetesObject event, Instant now) {
    return StringNode.valueOf(either(event, "message", "note").asString("").strip());
  }

  private static JsonNode count(KubernetesObject event, Instant now) {
    return IntNode.valueOf(either(event, "count", "deprecatedCount").asInt(1));
  }

  private static String source(KubernetesObject event) {
    String component = either(event, "source", "deprecatedSource").path("component").asString("");
    String controller = either(event, "reportingComponent", "reportingController").asString("");
    return Columns.or(component, controller);
  }

  /// A field by its name in the core group, or in `events.k8s.io`.
  private static JsonNode either(KubernetesObject event, String core, String events) {
    JsonNode value = event.json().path(core);
    return value.isMissingNode() ? event.json().path(events) : value;
  }
}

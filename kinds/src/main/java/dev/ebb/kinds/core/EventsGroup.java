package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindConversion;
import dev.ebb.kinds.KindDefinition;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Group `events.k8s.io`: the Events of the core group under other names, in which newer
/// controllers write them.
public final class EventsGroup {
  /// From the name here to the name in the core group.
  private static final Map<String, String> NAMES =
      Map.of(
          "regarding", "involvedObject",
          "note", "message",
          "reportingController", "reportingComponent",
          "deprecatedSource", "source",
          "deprecatedFirstTimestamp", "firstTimestamp",
          "deprecatedLastTimestamp", "lastTimestamp",
          "deprecatedCount", "count");

  public static final KindDefinition EVENT =
      define("events.k8s.io/v1", "Event", "events")
          .shortNames("ev")
          .columns(EventColumns.ALL)
          .ephemeral()
          .storedIn("v1", new Conversion())
          .build();

  public static final List<KindDefinition> ALL = List.of(EVENT);

  private EventsGroup() {}

  private static final class Conversion implements KindConversion {
    @Override
    public void toStored(ObjectNode object) {
      NAMES.forEach((here, core) -> rename(object, here, core));
      // The core group demands it, with whatever is known of the object.
      if (!object.has("involvedObject")) {
        object.putObject("involvedObject");
      }
    }

    @Override
    public void fromStored(ObjectNode object) {
      NAMES.forEach((here, core) -> rename(object, core, here));
    }

    private static void rename(ObjectNode object, String from, String to) {
      JsonNode value = object.path(from);
      if (!value.isMissingNode()) {
        object.remove(from);
        object.set(to, value);
      }
    }
  }
}

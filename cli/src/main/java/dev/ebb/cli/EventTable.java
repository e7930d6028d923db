package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The latest Events of an application: starts, failures, decisions of the autoscaler. Pure.
final class EventTable {
  /// What fits below the rest of `ebb describe` on a screen of 24 lines.
  private static final int SHOWN = 10;

  private EventTable() {}

  /// @param names of the objects whose events count
  /// @return the latest last
  static List<KubernetesObject> latest(List<KubernetesObject> events, Set<String> names) {
    List<KubernetesObject> about =
        events.stream()
            .filter(event ->
                names.contains(event.json().path("involvedObject").path("name").asString("")))
            .sorted(Comparator.comparing(event -> time(event).orElse(Instant.EPOCH)))
            .toList();
    return about.subList(Math.max(0, about.size() - SHOWN), about.size());
  }

  static TextTable table(List<KubernetesObject> events, Instant now) {
    TextTable table = new TextTable("  LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE");
    for (KubernetesObject event : events) {
      JsonNode json = event.json();
      JsonNode object = json.path("involvedObject");
      long count = json.path("count").asLong(1);
      table.row(
          "  " + Ages.age(time(event), now) + (count > 1 ? " (x" + count + ")" : ""),
          json.path("type").asString(""),
          json.path("reason").asString(""),
          object.path("kind").asString("").toLowerCase(java.util.Locale.ROOT)
              + "/"
              + object.path("name").asString(""),
          json.path("message").asString("").lines().findFirst().orElse(""));
    }
    return table;
  }

  /// Old events have `lastTimestamp`, those of `events.k8s.io` a series or `eventTime`.
  private static Optional<Instant> time(KubernetesObject event) {
    JsonNode json = event.json();
    for (String text :
        List.of(
            json.path("series").path("lastObservedTime").asString(""),
            json.path("lastTimestamp").asString(""),
            json.path("eventTime").asString(""))) {
      try {
        if (!text.isEmpty()) {
          return Optional.of(Instant.parse(text));
        }
      } catch (DateTimeParseException e) {
        return event.creationTimestamp();
      }
    }
    return event.creationTimestamp();
  }
}

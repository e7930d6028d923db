package dev.ebb.dialects.openfaas.cron;

import dev.ebb.kinds.KubernetesObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which times of a Service's schedules were met, as an annotation of its status: where clients do
/// not write, and where it goes when the Service goes. Pure.
final class CronState {
  static final String ANNOTATION = "openfaas.ebb.dev/scheduled";

  private static final JsonMapper MAPPER = new JsonMapper();

  private CronState() {}

  /// @return times by the texts of schedules; without those that cannot be read
  static Map<String, Instant> of(KubernetesObject service) {
    String text = service.status().path("annotations").path(ANNOTATION).asString("");
    Map<String, Instant> met = new HashMap<>();
    if (text.isEmpty()) {
      return met;
    }
    try {
      for (Map.Entry<String, JsonNode> entry : MAPPER.readTree(text).properties()) {
        met.put(entry.getKey(), Instant.parse(entry.getValue().asString("")));
      }
    } catch (JacksonException | DateTimeException e) {
      // Somebody wrote there: the schedules count from now on.
      return Map.of();
    }
    return met;
  }

  /// A merge patch of the Service with this uid; no times remove what is there.
  static ObjectNode patch(String uid, Map<String, Instant> met) {
    ObjectNode patch = MAPPER.createObjectNode();
    patch.withObject("/metadata").put("uid", uid);
    ObjectNode annotations = patch.withObject("/status").putObject("annotations");
    if (met.isEmpty()) {
      annotations.putNull(ANNOTATION);
    } else {
      ObjectNode times = MAPPER.createObjectNode();
      new TreeMap<>(met).forEach((text, at) -> times.put(text, at.toString()));
      annotations.put(ANNOTATION, times.toString());
    }
    return patch;
  }
}

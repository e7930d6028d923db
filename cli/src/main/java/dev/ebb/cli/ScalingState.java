package dev.ebb.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a server tells under `/ebb/scaling` of a revision: its instances, what it has to do and why
/// it has so many.
///
/// @param service empty for a revision of no Service
/// @param desired how many instances it should have
/// @param ready how many take requests
/// @param requests that are over, since the server began
/// @param durations their number by the upper bounds of the server's buckets
/// @param reason why it has so many instances at present; empty when nothing is decided
/// @param changes of the number of instances, the latest last
record ScalingState(
    String namespace,
    String service,
    String revision,
    int desired,
    int ready,
    int inFlight,
    int queued,
    long requests,
    long errors,
    Durations durations,
    String reason,
    List<Change> changes) {

  /// @param upperBounds in seconds, ascending
  /// @param counts not cumulative; the last is of what is above all bounds
  record Durations(List<Double> upperBounds, List<Long> counts) {}

  /// @param at in words of RFC 3339
  record Change(Instant at, int from, int to, String reason) {}

  /// @param service empty for all
  /// @param namespace empty for all
  static List<ScalingState> read(ApiClient api, String namespace, String service) {
    return json(api, namespace, service).valueStream().map(ScalingState::of).toList();
  }

  /// As the server tells them.
  static JsonNode json(ApiClient api, String namespace, String service) {
    return api.get(
            "/ebb/scaling?namespace=%s&service=%s"
                .formatted(ResourcePath.encode(namespace), ResourcePath.encode(service)))
        .path("revisions");
  }

  static ScalingState of(JsonNode json) {
    List<Change> changes = new ArrayList<>();
    for (JsonNode change : json.path("changes")) {
      changes.add(
          new Change(
              time(change.path("at").asString("")),
              change.path("from").asInt(0),
              change.path("to").asInt(0),
              change.path("reason").asString("")));
    }
    return new ScalingState(
        json.path("namespace").asString(""),
        json.path("service").asString(""),
        json.path("name").asString(""),
        json.path("desiredReplicas").asInt(0),
        json.path("actualReplicas").asInt(0),
        json.path("inFlight").asInt(0),
        json.path("queued").asInt(0),
        json.path("requests").asLong(0),
        json.path("errors").asLong(0),
        new Durations(
            json.path("durations")
                .path("upperBounds")
                .valueStream()
                .map(JsonNode::asDouble)
                .toList(),
            json.path("durations").path("counts").valueStream().map(JsonNode::asLong).toList()),
        json.path("reason").asString(""),
        changes);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new CliException("the server told a change at '%s', which is no time".formatted(text));
    }
  }

  /// `3/5`, or `3` when these are as many as there should be.
  String instances() {
    return ready == desired ? Integer.toString(ready) : ready + "/" + desired;
  }

  boolean atRest() {
    return desired == 0 && ready == 0 && inFlight == 0 && queued == 0;
  }
}

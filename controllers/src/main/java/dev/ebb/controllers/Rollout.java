package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Where a Route's traffic goes now, and how the newest Revisions get the rest of theirs.
/// Immutable.
///
/// The shares are the Route's `status.traffic`; the paces are kept beside them in the annotation
/// [#ANNOTATION] of its status, so both are written at once and a server that starts goes on with
/// them.
///
/// @param targets all percentages together are 100; of one target that is rolled out the oldest
///   Revision comes first
/// @param paces one for each target that is rolled out at the moment
record Rollout(List<Target> targets, List<Pace> paces) {
  /// The name that Knative gives the same knowledge, at its ingress.
  static final String ANNOTATION = "networking.internal.knative.dev/rollout";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  Rollout {
    targets = List.copyOf(targets);
    paces = List.copyOf(paces);
  }

  /// Everything is where it shall be.
  static Rollout complete(List<Target> targets) {
    return new Rollout(targets, List.of());
  }

  boolean inProgress() {
    return !paces.isEmpty();
  }

  /// When there is something to do next.
  Optional<Instant> next() {
    return paces.stream().map(Pace::next).min(Comparator.naturalOrder());
  }

  /// How a target's traffic moves to the newest Revision of its Configuration.
  ///
  /// @param tag empty for a target without one
  /// @param next when the next step is due
  /// @param interval between two steps, positive
  /// @param size of a step in percent of the Route's traffic, 1 to 100
  record Pace(String configuration, String tag, Instant next, Duration interval, int size) {
    /// So that the last step is done when the time is over: none is smaller than a percent, and
    /// none follows another within a second, for the autoscaler has to follow.
    ///
    /// @param percent that the newest Revision does not have yet, at least 1
    static Pace start(String configuration, String tag, int percent, Duration over, Instant now) {
      int most = Math.clamp(over.toSeconds(), 1, percent);
      int size = Math.ceilDiv(percent, most);
      Duration interval = over.dividedBy(Math.ceilDiv(percent, size));
      return new Pace(configuration, tag, now.plus(interval), interval, size);
    }

    /// How many steps are due: more than one when nobody looked for a while.
    int due(Instant now) {
      return now.isBefore(next)
          ? 0
          : 1 + Math.clamp(Duration.between(next, now).dividedBy(interval), 0, 100);
    }

    /// When that many more are done, of a target whose tag is now this.
    Pace after(int steps, String nowTag) {
      Instant then = next.plus(interval.multipliedBy(steps));
      return new Pace(configuration, nowTag, then, interval, size);
    }
  }

  /// The paces as [#ANNOTATION] has them; the names are Knative's, times are in nanoseconds.
  String annotation() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("configurations");
    for (Pace pace : paces) {
      ObjectNode node = list.addObject().put("configurationName", pace.configuration);
      if (!pace.tag.isEmpty()) {
        node.put("tag", pace.tag);
      }
      node.putObject("stepParams")
          .put("nextStepTime", Duration.between(Instant.EPOCH, pace.next).toNanos())
          .put("stepDuration", pace.interval.toNanos())
          .put("stepSize", pace.size);
    }
    return root.toString();
  }

  /// What [#annotation] wrote. Of what somebody else wrote there only what makes sense counts: a
  /// target without a pace is complete.
  static List<Pace> parse(String annotation) {
    List<Pace> paces = new ArrayList<>();
    JsonNode root;
    try {
      root = JSON.readTree(annotation);
    } catch (JacksonException _) {
      return List.of();
    }
    for (JsonNode node : root.path("configurations")) {
      JsonNode step = node.path("stepParams");
      long next = step.path("nextStepTime").asLong(0);
      long interval = step.path("stepDuration").asLong(0);
      int size = step.path("stepSize").asInt(0);
      if (next > 0 && interval > 0 && size > 0 && size <= 100) {
        paces.add(
            new Pace(
                node.path("configurationName").asString(""),
                node.path("tag").asString(""),
                Instant.EPOCH.plusNanos(next),
                Duration.ofNanos(interval),
                size));
      }
    }
    return paces;
  }
}

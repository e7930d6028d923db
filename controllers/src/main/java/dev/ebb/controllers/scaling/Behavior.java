package dev.ebb.controllers.scaling;

import dev.ebb.controllers.scaling.ReplicaCalculator.Tolerance;
import dev.ebb.kinds.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `spec.behavior`: how fast a count may change.
record Behavior(Rules up, Rules down) {
  /// What a lower count must outlast where nobody says else; kube-controller-manager's
  /// `--horizontal-pod-autoscaler-downscale-stabilization`.
  static final Duration DOWN_STABILIZATION = Duration.ofMinutes(5);

  /// Which policy decides.
  enum Select {
    /// The one that permits the most.
    MAX,
    /// The one that permits the least.
    MIN,
    /// None: no change in this direction.
    DISABLED
  }

  /// @param value Pods, or percent of the count at the period's beginning
  record Policy(boolean percent, int value, Duration period) {}

  record Rules(Duration stabilization, Select select, List<Policy> policies) {
    Rules {
      policies = List.copyOf(policies);
    }

    Duration longestPeriod() {
      return policies.stream().map(Policy::period).max(Duration::compareTo).orElse(Duration.ZERO);
    }
  }

  private static final Policy DOUBLE = new Policy(true, 100, Duration.ofSeconds(15));
  private static final Policy FOUR = new Policy(false, 4, Duration.ofSeconds(15));

  /// Empty where the spec has none: then older, simpler rules hold.
  static Optional<Behavior> of(JsonNode spec) {
    JsonNode behavior = spec.path("behavior");
    return behavior.isObject()
        ? Optional.of(
            new Behavior(
                rules(behavior.path("scaleUp"), Duration.ZERO, List.of(FOUR, DOUBLE)),
                rules(behavior.path("scaleDown"), DOWN_STABILIZATION, List.of(DOUBLE))))
        : Optional.empty();
  }

  static Tolerance tolerance(JsonNode spec) {
    return new Tolerance(
        tolerance(spec.path("behavior"), "scaleDown"), tolerance(spec.path("behavior"), "scaleUp"));
  }

  private static double tolerance(JsonNode behavior, String direction) {
    return Quantity.parse(behavior.path(direction).path("tolerance").asString(""))
        .map(quantity -> quantity.value().doubleValue())
        .orElse(Tolerance.USUAL);
  }

  private static Rules rules(JsonNode rules, Duration stabilization, List<Policy> usual) {
    List<Policy> policies = new ArrayList<>();
    for (JsonNode policy : rules.path("policies")) {
      policies.add(
          new Policy(
              policy.path("type").asString("").equals("Percent"),
              policy.path("value").asInt(0),
              Duration.ofSeconds(policy.path("periodSeconds").asInt(0))));
    }
    JsonNode seconds = rules.path("stabilizationWindowSeconds");
    return new Rules(
        seconds.isNumber() ? Duration.ofSeconds(seconds.asInt()) : stabilization,
        switch (rules.path("selectPolicy").asString("")) {
          case "Min" -> Select.MIN;
          case "Disabled" -> Select.DISABLED;
          default -> Select.MAX;
        },
        policies.isEmpty() ? usual : policies);
  }
}

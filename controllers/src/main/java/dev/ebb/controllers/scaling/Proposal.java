package dev.ebb.controllers.scaling;

import tools.jackson.databind.node.ObjectNode;

/// What one metric says.
sealed interface Proposal {
  /// @param metric in the words of events and conditions
  /// @param words the reading beside its target, for people
  /// @param status its entry in `status.currentMetrics`
  record Replicas(int count, String metric, String words, ObjectNode status) implements Proposal {}

  /// @param reason of the condition `ScalingActive`
  /// @param problem why there is no count
  /// @param failed what it was that failed, for the event
  record Unknown(String reason, String problem, String failed) implements Proposal {}
}

package dev.ebb.node;

import dev.ebb.dataplane.Workload;

/// Everything of a start that is the same for each instance of a revision, worked out when the
/// revision is registered, so that a cold start does not wait for it.
public interface StartPlan {
  Workload workload();

  /// Ten digits of what is run: image, command, environment, limits and the runtime's own files;
  /// part of the instances' names, and what tells outdated ones.
  String hash();

  /// Bytes that an instance counts for in the machine's budget.
  long reservation();
}

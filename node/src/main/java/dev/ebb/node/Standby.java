package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;

/// An instance that was made ahead, up to the start of its program. Nobody sees it until it is
/// started: it is no instance yet, and counts for nothing.
public interface Standby {
  /// What it is called when it is started.
  InstanceId id();

  /// What it would run.
  StartPlan plan();

  /// Takes it away with all that was made for it. Blocks for some milliseconds; throws nothing that
  /// a caller could mend.
  void discard();
}

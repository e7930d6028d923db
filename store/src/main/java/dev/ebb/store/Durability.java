package dev.ebb.store;

/// When a write is acknowledged.
public enum Durability {
  /// After an fsync: it survives the loss of power.
  SYNCED,
  /// At once: for what can be made again from the world (mirrored Pods, Events). It may be lost in
  /// a crash, but never in part, and never before an older SYNCED write.
  EPHEMERAL
}

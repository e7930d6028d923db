package dev.ebb.reconcile;

import java.time.Duration;

/// What a reconciler wants after it brought one object where it could.
public sealed interface Result {
  /// Nothing until something changes.
  record Done() implements Result {}

  /// Look again later even if nothing changes.
  record RequeueAfter(Duration delay) implements Result {}

  static Result done() {
    return new Done();
  }

  static Result requeueAfter(Duration delay) {
    return new RequeueAfter(delay);
  }
}

package dev.ebb.reconcile;

import dev.ebb.kinds.ObjectKey;

/// Brings the world one step closer to what one object says. Level-triggered: it is told which
/// object, never what happened to it, reads the present state, and may run at any time again.
///
/// Never called twice at once for the same key. Any exception means: again, with backoff.
@FunctionalInterface
public interface Reconciler {
  Result reconcile(ObjectKey key);
}

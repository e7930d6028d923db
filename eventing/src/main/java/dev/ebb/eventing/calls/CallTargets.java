package dev.ebb.eventing.calls;

import dev.ebb.kinds.ObjectKey;
import java.util.Optional;

/// What is known of functions when one is to be called. Thread-safe.
@FunctionalInterface
public interface CallTargets {
  /// How often it is called; empty when there is no such function any more.
  Optional<RetryPolicy> policy(ObjectKey function);
}

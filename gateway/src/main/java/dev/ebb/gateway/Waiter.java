package dev.ebb.gateway;

/// A request that asks a [Throttle] for a slot. Exactly one of the methods is called for each
/// `acquire` that is not cancelled in time, on any thread, without a lock held.
interface Waiter {
  /// The slot is the waiter's until it gives it back with [Throttle#release].
  void granted(Slot slot);

  void refused(Failure failure);
}

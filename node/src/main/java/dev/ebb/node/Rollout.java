package dev.ebb.node;

/// One step from the instances that a revision has to those that it should have. Pure.
///
/// Outdated instances run something else than later ones would: the runtime was updated, or the
/// revision was registered with another workload. They are replaced as a Deployment does it with
/// `maxSurge: 1` and `maxUnavailable: 0`: one more than wanted is started, and an old one goes only
/// when a new one is ready, so a new program that does not start ends nothing.
///
/// @param start new instances
/// @param surge whether the last of them exceeds what is wanted, for the change
/// @param stopOutdated of the outdated
/// @param stopCurrent of the others
record Rollout(int start, boolean surge, int stopOutdated, int stopCurrent) {
  /// Instances that are to end count for nothing.
  ///
  /// @param current all that are not outdated, of which `ready` are ready
  static Rollout step(int desired, int current, int ready, int outdated) {
    int keepOutdated = Math.max(0, desired - ready);
    int stopOutdated = Math.max(0, outdated - keepOutdated);
    int left = outdated - stopOutdated;
    int most = left > 0 ? desired + 1 : desired;
    int start = Math.max(0, Math.min(desired - current, most - current - left));
    return new Rollout(
        start, current + left + start > desired, stopOutdated, Math.max(0, current - desired));
  }
}

package dev.ebb.node;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Who gets room in the machine's budget. Revisions that did not fit wait in the order of asking:
/// nobody overtakes the first, so that small ones cannot starve a large one, and whoever got room
/// for one instance and wants more goes to the end, so that one that wants many cannot starve those
/// that want one. Not thread-safe.
final class BudgetQueue {
  private final MachineBudget budget;
  private final Set<RevisionState> waiting = new LinkedHashSet<>();

  BudgetQueue(MachineBudget budget) {
    this.budget = budget;
  }

  /// Room for one instance, when there is some and nobody waited longer.
  boolean tryReserve(RevisionState revision, long bytes) {
    return (waiting.isEmpty() || isFirst(revision)) && budget.tryReserve(bytes);
  }

  /// For what runs already.
  void reserve(long bytes) {
    budget.reserve(bytes);
  }

  void release(long bytes) {
    budget.release(bytes);
  }

  /// @return false when it waits already
  boolean await(RevisionState revision) {
    return waiting.add(revision);
  }

  /// It got room for one and wants more.
  void goToTheEnd(RevisionState revision) {
    if (waiting.remove(revision)) {
      waiting.add(revision);
    }
  }

  void leave(RevisionState revision) {
    waiting.remove(revision);
  }

  boolean isFirst(RevisionState revision) {
    return first().filter(revision::equals).isPresent();
  }

  Optional<RevisionState> first() {
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.iterator().next());
  }

  /// Whether one instance would fit in the place of another.
  boolean fitsInsteadOf(long others, long bytes) {
    return budget.fits(0, bytes - others);
  }

  String describe(long bytes) {
    return budget.describe(bytes);
  }
}

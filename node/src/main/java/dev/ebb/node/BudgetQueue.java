package dev.ebb.node;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Who gets room in the machine's budget: revisions that did not fit wait in the order of asking,
/// and nobody overtakes the first, so that small ones cannot starve a large one. Not thread-safe.
final class BudgetQueue {
  private final MachineBudget budget;
  private final Set<RevisionState> waiting = new LinkedHashSet<>();

  BudgetQueue(MachineBudget budget) {
    this.budget = budget;
  }

  /// Room for one instance, when there is some and nobody waited longer.
  boolean tryReserve(RevisionState revision, long bytes) {
    return first().filter(one -> !one.equals(revision)).isEmpty() && budget.tryReserve(bytes);
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

  void leave(RevisionState revision) {
    waiting.remove(revision);
  }

  Optional<RevisionState> first() {
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.iterator().next());
  }

  boolean couldEverFit(long bytes) {
    return budget.couldEverFit(bytes);
  }

  String describe(long bytes) {
    return budget.describe(bytes);
  }
}

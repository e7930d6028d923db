package dev.ebb.controllers.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What was proposed and done for one workload, as far back as its windows reach. Immutable. It is
/// not stored: after a restart the count of then is the first proposal, as in Kubernetes.
///
/// @param proposals before they were steadied and limited
/// @param changes by how many the count rose, or fell below zero
public record History(List<Entry> proposals, List<Entry> changes) {
  /// A workload that is looked at for the first time.
  public static final History NONE = new History(List.of(), List.of());

  /// @param replicas a count, or a change of it
  public record Entry(Instant at, int replicas) {}

  public History {
    proposals = List.copyOf(proposals);
    changes = List.copyOf(changes);
  }

  History begun(int current, Instant now) {
    return proposals.isEmpty() ? new History(List.of(new Entry(now, current)), changes) : this;
  }

  History proposed(int replicas, Instant now, Duration kept) {
    return new History(with(proposals, new Entry(now, replicas), now, kept), changes);
  }

  History changed(int by, Instant now, Duration kept) {
    return new History(proposals, with(changes, new Entry(now, by), now, kept));
  }

  List<Integer> proposedSince(Instant time) {
    return proposals.stream().filter(one -> one.at().isAfter(time)).map(Entry::replicas).toList();
  }

  /// How many Pods came, or how many went.
  int changeSince(Instant time, boolean up) {
    Predicate<Entry> counts = one -> one.at().isAfter(time) && one.replicas() > 0 == up;
    return Math.abs(changes.stream().filter(counts).mapToInt(Entry::replicas).sum());
  }

  private static List<Entry> with(List<Entry> old, Entry added, Instant now, Duration kept) {
    List<Entry> entries = new ArrayList<>(old);
    entries.removeIf(one -> one.at().isBefore(now.minus(kept)));
    entries.add(added);
    return entries;
  }
}

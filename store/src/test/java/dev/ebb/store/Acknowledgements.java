package dev.ebb.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/// What a [Workload] has said so far, and what a store must show for it.
final class Acknowledgements {
  /// By worker, the revisions of its operations from operation 0 on.
  private final Map<String, List<Long>> revisions = new HashMap<>();

  private int count;

  void add(String line) {
    String[] parts = line.split(" ");
    List<Long> ofWorker = revisions.computeIfAbsent(parts[0], _ -> new ArrayList<>());
    assertThat(Integer.parseInt(parts[1])).isEqualTo(ofWorker.size());
    ofWorker.add(Long.parseLong(parts[2]));
    count++;
  }

  int count() {
    return count;
  }

  /// Fails when the store lacks an operation of a synced worker, when what it shows is not the
  /// state after some revision, or when it would use a revision again.
  ///
  /// @param isSynced by worker; the others may have lost their last operations
  void check(Store store, Predicate<String> isSynced) {
    Map<String, Integer> shown = new HashMap<>();
    revisions.forEach((worker, acknowledged) -> {
      int count = acknowledged.size();
      OptionalInt operations =
          Workload.operationsShown(store, worker, isSynced.test(worker) ? count : 0, count + 1);
      assertThat(operations)
          .as("%s did %d operations; those in the store are", worker, count)
          .isPresent();
      shown.put(worker, operations.orElseThrow());
    });
    long newest =
        shown.entrySet().stream()
            .mapToLong(entry -> revision(entry.getKey(), entry.getValue() - 1))
            .filter(revision -> revision < Long.MAX_VALUE)
            .max()
            .orElse(0);
    shown.forEach((worker, operations) ->
        assertThat(revision(worker, operations))
            .as("%s: the first operation lost, while %d is there", worker, newest)
            .isGreaterThan(newest));
    long last = revisions.values().stream().mapToLong(List::getLast).max().orElse(0);
    assertThat(store.create("/probe", new byte[0], Durability.SYNCED).revision())
        .isGreaterThan(last);
  }

  /// MAX_VALUE for one that nobody was told.
  private long revision(String worker, int operation) {
    List<Long> known = revisions.getOrDefault(worker, List.of());
    if (operation < 0) {
      return 0;
    }
    return operation < known.size() ? known.get(operation) : Long.MAX_VALUE;
  }
}

package dev.ebb.eventing.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A set of sequence numbers, as runs. Not thread-safe.
final class Runs {
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  boolean contains(long sequence) {
    Map.Entry<Long, Long> run = runs.floorEntry(sequence);
    return run != null && sequence <= run.getValue();
  }

  void add(long sequence) {
    addRun(sequence, sequence);
  }

  /// @param first to last must not overlap with what is there, but for being the same
  void addRun(long first, long last) {
    if (contains(first)) {
      return;
    }
    long start = first;
    long end = last;
    Map.Entry<Long, Long> before = runs.lowerEntry(first);
    if (before != null && before.getValue() == first - 1) {
      start = before.getKey();
    }
    Long after = runs.remove(last + 1);
    if (after != null) {
      end = after;
    }
    runs.put(start, end);
  }

  /// The first sequence number from this on that is not in the set.
  long firstAbsent(long sequence) {
    Map.Entry<Long, Long> run = runs.floorEntry(sequence);
    return run != null && sequence <= run.getValue() ? run.getValue() + 1 : sequence;
  }

  void removeBelow(long sequence) {
    while (!runs.isEmpty() && runs.firstKey() < sequence) {
      Map.Entry<Long, Long> run = runs.pollFirstEntry();
      if (run.getValue() >= sequence) {
        runs.put(sequence, run.getValue());
      }
    }
  }

  /// How many runs there are.
  int size() {
    return runs.size();
  }

  /// How many sequence numbers there are from one to another, both included.
  long count(long from, long to) {
    long count = 0;
    Long start = runs.floorKey(from);
    for (Map.Entry<Long, Long> run : runs.tailMap(start == null ? from : start, true).entrySet()) {
      if (run.getKey() > to) {
        break;
      }
      count += Math.max(0, Math.min(to, run.getValue()) - Math.max(from, run.getKey()) + 1);
    }
    return count;
  }

  /// The first and last of each run.
  List<long[]> list() {
    List<long[]> all = new ArrayList<>(runs.size());
    runs.forEach((first, last) -> all.add(new long[] {first, last}));
    return all;
  }
}

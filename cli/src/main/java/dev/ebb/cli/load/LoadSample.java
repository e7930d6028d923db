package dev.ebb.cli.load;

import java.util.SortedMap;
import java.util.TreeMap;

/// What a run of load measured up to a moment, or between two ([#since]). Pure.
///
/// @param latencies of answers, errors included
/// @param answers their number by status
/// @param failures the number of requests without an answer, by the reason
/// @param inFlight now
public record LoadSample(
    long elapsedNanos,
    Latencies latencies,
    SortedMap<Integer, Long> answers,
    SortedMap<String, Long> failures,
    int inFlight) {
  private static final int FIRST_ERROR = 400;
  private static final double NANOS_PER_SECOND = 1e9;

  public static final LoadSample NOTHING =
      new LoadSample(0, Latencies.NONE, new TreeMap<>(), new TreeMap<>(), 0);

  /// Requests that are over.
  public long requests() {
    return sum(answers) + sum(failures);
  }

  /// Answers of 400 and more, and requests without an answer.
  public long errors() {
    return sum(answers.tailMap(FIRST_ERROR)) + sum(failures);
  }

  public double requestsPerSecond() {
    return elapsedNanos <= 0 ? 0 : requests() / (elapsedNanos / NANOS_PER_SECOND);
  }

  public double seconds() {
    return elapsedNanos / NANOS_PER_SECOND;
  }

  /// What came after an earlier sample of the same run.
  public LoadSample since(LoadSample earlier) {
    return new LoadSample(
        elapsedNanos - earlier.elapsedNanos,
        latencies.since(earlier.latencies),
        difference(answers, earlier.answers),
        difference(failures, earlier.failures),
        inFlight);
  }

  private static <K extends Comparable<K>> SortedMap<K, Long> difference(
      SortedMap<K, Long> later, SortedMap<K, Long> earlier) {
    SortedMap<K, Long> difference = new TreeMap<>();
    later.forEach((key, count) -> {
      long more = count - earlier.getOrDefault(key, 0L);
      if (more > 0) {
        difference.put(key, more);
      }
    });
    return difference;
  }

  private static long sum(SortedMap<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}

package dev.ebb.cli;

import dev.ebb.cli.ScalingState.Durations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One revision between two looks at the server. Pure.
///
/// @param requestsPerSecond that were over
/// @param p50Millis 0 when there were none
/// @param use empty when it is not measured
record TopRow(
    ScalingState state,
    double requestsPerSecond,
    double p50Millis,
    double p99Millis,
    Optional<Use> use) {

  /// What all instances of a revision use.
  ///
  /// @param cores processor time per time
  record Use(double cores, long memoryBytes) {
    Use plus(Use other) {
      return new Use(cores + other.cores, memoryBytes + other.memoryBytes);
    }
  }

  private static final double MILLIS_PER_SECOND = 1000;

  /// Revisions that have instances or something to do; of a Service that has none of them its last.
  ///
  /// @param uses by namespace and name of the revision
  static List<TopRow> between(
      List<ScalingState> earlier, List<ScalingState> later, double seconds, Map<String, Use> uses) {
    Map<String, ScalingState> before = new HashMap<>();
    earlier.forEach(state -> before.put(key(state), state));
    List<TopRow> rows = new ArrayList<>();
    for (ScalingState state : later) {
      ScalingState from = before.getOrDefault(key(state), state);
      Durations spent = difference(from.durations(), state.durations());
      rows.add(
          new TopRow(
              state,
              Math.max(0, state.requests() - from.requests()) / seconds,
              quantile(spent, 0.5) * MILLIS_PER_SECOND,
              quantile(spent, 0.99) * MILLIS_PER_SECOND,
              Optional.ofNullable(uses.get(key(state)))));
    }
    return shown(rows);
  }

  private static List<TopRow> shown(List<TopRow> rows) {
    List<TopRow> shown = new ArrayList<>();
    Set<String> services = new HashSet<>();
    for (TopRow row : rows.reversed()) {
      boolean busy = !row.state().atRest() || row.requestsPerSecond() > 0;
      String service = row.state().namespace() + "/" + row.state().service();
      boolean first = !services.contains(service) && noneIsBusy(rows, service);
      if (busy || first) {
        shown.add(row);
        services.add(service);
      }
    }
    shown.sort(
        Comparator.comparing((TopRow row) -> row.state().namespace())
            .thenComparing(row -> row.state().service())
            .thenComparing(row -> row.state().revision()));
    return shown;
  }

  /// Those that have most to do, in the order that they had.
  static List<TopRow> busiest(List<TopRow> rows, int most) {
    Set<TopRow> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    rows.stream()
        .sorted(
            Comparator.comparingDouble(TopRow::requestsPerSecond)
                .thenComparingInt(row -> row.state().inFlight())
                .thenComparingInt(row -> row.state().ready())
                .reversed())
        .limit(most)
        .forEach(chosen::add);
    return rows.stream().filter(chosen::contains).toList();
  }

  private static boolean noneIsBusy(List<TopRow> rows, String service) {
    return rows.stream()
        .filter(row -> (row.state().namespace() + "/" + row.state().service()).equals(service))
        .allMatch(row -> row.state().atRest() && row.requestsPerSecond() == 0);
  }

  private static String key(ScalingState state) {
    return state.namespace() + "/" + state.revision();
  }

  private static Durations difference(Durations earlier, Durations later) {
    if (earlier.counts().size() != later.counts().size()) {
      return later; // the gateway did not know the revision yet
    }
    List<Long> counts = new ArrayList<>();
    for (int bucket = 0; bucket < later.counts().size(); bucket++) {
      counts.add(Math.max(0, later.counts().get(bucket) - earlier.counts().get(bucket)));
    }
    return new Durations(later.upperBounds(), counts);
  }

  /// In seconds; within a bucket values are taken to be spread evenly, as Prometheus does it
  /// (`histogram_quantile`), and above the last bound there is nothing but that bound.
  static double quantile(Durations durations, double fraction) {
    double rank = fraction * durations.counts().stream().mapToLong(Long::longValue).sum();
    double seen = 0;
    double lower = 0;
    for (int bucket = 0; bucket < durations.upperBounds().size() && rank > 0; bucket++) {
      double upper = durations.upperBounds().get(bucket);
      long count = durations.counts().get(bucket);
      if (count > 0 && seen + count >= rank) {
        return lower + (upper - lower) * (rank - seen) / count;
      }
      seen += count;
      lower = upper;
    }
    return rank > 0 ? lower : 0;
  }
}

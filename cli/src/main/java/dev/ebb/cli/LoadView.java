package dev.ebb.cli;

import dev.ebb.cli.load.LoadSample;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `ebb load` shows: a block that is drawn anew each second on a terminal, a line each second
/// elsewhere, and at the end the summary. Not thread-safe.
final class LoadView {
  /// As many as fit beside the rest in eighty columns.
  private static final int BAR = 40;

  private final PrintWriter out;
  private final boolean terminal;
  private final String title;
  private final Block block;
  private final Map<String, Integer> most = new TreeMap<>();
  private boolean titled;

  LoadView(PrintWriter out, boolean terminal, String title) {
    this.out = out;
    this.terminal = terminal;
    this.title = title;
    this.block = new Block(out, TerminalSize::now);
  }

  /// How many instances each revision had at most, of what was shown.
  Map<String, Integer> most() {
    return Map.copyOf(most);
  }

  /// Remembers how many instances there are, for the end.
  void note(List<ScalingState> states) {
    for (ScalingState state : states) {
      if (!state.atRest()) {
        most.merge(state.revision(), state.ready(), Math::max);
      }
    }
  }

  /// @param second what was measured in the last one
  /// @param seconds since the beginning
  /// @param states what the server tells; empty when it is not known
  void show(LoadSample second, long seconds, List<ScalingState> states) {
    note(states);
    List<ScalingState> shown = states.stream().filter(state -> !state.atRest()).toList();
    if (terminal) {
      block.draw(block(second, seconds, shown));
      return;
    }
    if (!titled) {
      titled = true;
      out.println(title);
      line("TIME", "REQUESTS/S", "P50", "P99", "ERRORS", "IN FLIGHT", "QUEUED", "INSTANCES");
    }
    line(
        seconds + "s",
        rate(second),
        millis(second.latencies().percentileMillis(0.5)),
        millis(second.latencies().percentileMillis(0.99)),
        Long.toString(second.errors()),
        Integer.toString(inFlight(second, states)),
        queued(states),
        shown.isEmpty()
            ? "-"
            : shown.stream()
                .map(state -> state.revision() + " " + state.instances())
                .collect(Collectors.joining(", ")));
  }

  private List<String> block(LoadSample second, long seconds, List<ScalingState> shown) {
    List<String> lines = new ArrayList<>();
    lines.add("%s, %d s so far".formatted(title, seconds));
    lines.add(
        "  requests/s %-10s p50 %-10s p99 %-10s errors %d"
            .formatted(
                rate(second),
                millis(second.latencies().percentileMillis(0.5)),
                millis(second.latencies().percentileMillis(0.99)),
                second.errors()));
    lines.add("  in flight  %-10d queued %s".formatted(inFlight(second, shown), queued(shown)));
    for (ScalingState state : shown) {
      lines.add("  " + state.revision() + "  instances " + state.instances());
      lines.add("  " + bar(state));
    }
    return lines;
  }

  /// `###..`: instances that take requests, and those that are to come.
  private static String bar(ScalingState state) {
    int all = Math.max(state.ready(), state.desired());
    int scale = Math.max(1, Math.ceilDiv(all, BAR));
    int ready = Math.ceilDiv(state.ready(), scale);
    return "#".repeat(ready) + ".".repeat(Math.max(0, Math.ceilDiv(all, scale) - ready));
  }

  /// At instances, as far as a server tells; else those that have no answer yet.
  private static int inFlight(LoadSample second, List<ScalingState> states) {
    return states.isEmpty()
        ? second.inFlight()
        : states.stream().mapToInt(ScalingState::inFlight).sum();
  }

  private static String queued(List<ScalingState> states) {
    return states.isEmpty()
        ? "-"
        : Integer.toString(states.stream().mapToInt(ScalingState::queued).sum());
  }

  /// @param unfinished requests that were given up
  void end(LoadSample whole, int unfinished) {
    block.erase();
    if (terminal || !titled) {
      out.println(title);
    }
    out.printf(
        Locale.ROOT,
        "%d requests in %.1f s: %s/s, %d errors%n",
        whole.requests(),
        whole.seconds(),
        rate(whole),
        whole.errors());
    if (whole.latencies().count() > 0) {
      out.println(
          "  latency    p50 %s, p90 %s, p99 %s, max %s"
              .formatted(
                  millis(whole.latencies().percentileMillis(0.5)),
                  millis(whole.latencies().percentileMillis(0.9)),
                  millis(whole.latencies().percentileMillis(0.99)),
                  millis(whole.latencies().maxMillis())));
      out.println("  answers    " + joined(whole.answers()));
    }
    if (!whole.failures().isEmpty()) {
      out.println("  no answer  " + joined(whole.failures()));
    }
    if (unfinished > 0) {
      out.println("  given up   " + unfinished + " that had no answer at the end");
    }
    if (!most.isEmpty()) {
      out.println("  instances  at most " + joined(most));
    }
    out.flush();
  }

  static String joined(Map<?, ? extends Number> counts) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private void line(String... cells) {
    out.println("%-7s%-13s%-11s%-11s%-9s%-11s%-9s%s".formatted((Object[]) cells).stripTrailing());
    out.flush();
  }

  private static String rate(LoadSample sample) {
    return rate(sample.requestsPerSecond());
  }

  /// With as many digits as mean something.
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%.0f", perSecond);
  }

  /// `0.42 ms`, `17 ms`, `1.30 s`; `-` when there is nothing.
  static String millis(double millis) {
    if (millis <= 0) {
      return "-";
    }
    if (millis >= 1000) {
      return String.format(Locale.ROOT, "%.2f s", millis / 1000);
    }
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
  }
}

package dev.ebb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One run of `wrk`.
///
/// @param requestsPerSecond of all connections
/// @param p50Millis latency
/// @param errors answers other than 2xx and 3xx, and socket errors
record Wrk(
    double requestsPerSecond, double p50Millis, double p99Millis, long requests, long errors) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern RATE = Pattern.compile("Requests/sec: +([\\d.]+)");
  private static final Pattern ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  static Wrk run(String url, String host, int connections, int seconds) {
    return run(url, connections, seconds, List.of("-H", "Host: " + host));
  }

  /// @param options of `wrk`: headers, a script
  static Wrk run(String url, int connections, int seconds, List<String> options) {
    int threads = Math.min(connections, 2);
    List<String> command =
        new ArrayList<>(
            List.of("wrk", "--latency", "-t" + threads, "-c" + connections, "-d" + seconds + "s"));
    command.addAll(options);
    command.add(url);
    return parse(Processes.run(command));
  }

  static Wrk parse(String output) {
    long errors = 0;
    Matcher socket = ERRORS.matcher(output);
    if (socket.find()) {
      for (int group = 1; group <= 4; group++) {
        errors += Long.parseLong(socket.group(group));
      }
    }
    Matcher bad = BAD.matcher(output);
    if (bad.find()) {
      errors += Long.parseLong(bad.group(1));
    }
    return new Wrk(
        Double.parseDouble(first(RATE, output)),
        millis(output, "50%"),
        millis(output, "99%"),
        Long.parseLong(first(REQUESTS, output)),
        errors);
  }

  private static String first(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IllegalStateException("wrk printed no " + pattern + ":\n" + output);
    }
    return matcher.group(1);
  }

  private static double millis(String output, String percentile) {
    Matcher matcher =
        Pattern.compile("\\s" + percentile + "\\s+([\\d.]+)(us|ms|s|m)\\b").matcher(output);
    if (!matcher.find()) {
      throw new IllegalStateException("wrk printed no " + percentile + ":\n" + output);
    }
    double value = Double.parseDouble(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> value / 1000;
      case "ms" -> value;
      case "s" -> value * 1000;
      default -> value * 60_000;
    };
  }
}

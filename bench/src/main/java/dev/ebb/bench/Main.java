package dev.ebb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// `./ebb bench [start|cold|containers|pull|warm|api|serving|functions|log|calls] [--rounds N]
/// [--seconds N] [--runs N] [--services N] [--calls N]`.
public final class Main {
  private static final int START_ROUNDS = 5;

  private Main() {}

  static Path home() {
    return Path.of(System.getProperty("ebb.home"));
  }

  public static void main(String[] arguments) throws IOException {
    // All of it takes 17 minutes with these.
    int rounds = number(arguments, "--rounds", 3);
    int seconds = number(arguments, "--seconds", 4);
    int runs = number(arguments, "--runs", 200);
    int services = number(arguments, "--services", 10_000);
    int calls = number(arguments, "--calls", 100_000);
    Set<String> parts = new TreeSet<>();
    for (String argument : arguments) {
      if (List.of(
              "start",
              "cold",
              "containers",
              "pull",
              "warm",
              "api",
              "serving",
              "functions",
              "log",
              "calls")
          .contains(argument)) {
        parts.add(argument);
      }
    }
    boolean all = parts.isEmpty();
    Report report = new Report();
    describe(report, arguments);
    if (all || parts.contains("start")) {
      new StartBench(START_ROUNDS).run(report);
    }
    if (all || parts.contains("cold")) {
      new ColdStartBench(runs).run(report);
    }
    if (all || parts.contains("containers")) {
      new ContainerBench(runs).run(report);
    }
    if (all || parts.contains("pull")) {
      new PullBench(rounds).run(report);
    }
    if (all || parts.contains("warm")) {
      new WarmPathBench(rounds, seconds).run(report);
    }
    if (all || parts.contains("api")) {
      new ApiBench(rounds, seconds).run(report);
    }
    if (all || parts.contains("serving")) {
      new ServingBench(rounds, services).run(report);
    }
    if (all || parts.contains("functions")) {
      new FunctionsBench(1_000).run(report);
    }
    if (all || parts.contains("log")) {
      new LogBench(rounds, seconds).run(report);
    }
    if (all || parts.contains("calls")) {
      new CallsBench(rounds, seconds, calls).run(report);
    }
    report.fact("load average at the end", load());
    report.print(System.out);
    Path file = home().resolve("target/bench.json");
    Files.writeString(file, report.json());
    System.out.println("\nAs JSON: target/bench.json");
  }

  private static void describe(Report report, String[] arguments) throws IOException {
    report.fact("command", ("./ebb bench " + String.join(" ", arguments)).strip());
    report.fact("date", LocalDate.now(ZoneOffset.UTC).toString());
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      String model =
          lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(System.getProperty("os.arch"));
      report.fact(
          "machine", "%d cores, %s".formatted(Runtime.getRuntime().availableProcessors(), model));
    }
    report.fact(
        "software",
        "Linux %s, Java %s".formatted(System.getProperty("os.version"), Runtime.version()));
    report.fact("load average at the start", load());
  }

  /// Of the last minute: more than a few tenths at the start means that others were at work.
  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
  }

  private static int number(String[] arguments, String option, int otherwise) {
    for (int index = 0; index + 1 < arguments.length; index++) {
      if (arguments[index].equals(option)) {
        return Integer.parseInt(arguments[index + 1]);
      }
    }
    return otherwise;
  }
}

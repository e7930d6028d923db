package dev.ebb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// `./ebb bench [warm|cold|start] [--rounds N] [--seconds N] [--runs N]`.
public final class Main {
  private Main() {}

  static Path home() {
    return Path.of(System.getProperty("ebb.home"));
  }

  public static void main(String[] arguments) throws IOException {
    int rounds = number(arguments, "--rounds", 5);
    int seconds = number(arguments, "--seconds", 5);
    int runs = number(arguments, "--runs", 200);
    Set<String> parts = new TreeSet<>();
    for (String argument : arguments) {
      if (List.of("warm", "cold", "start").contains(argument)) {
        parts.add(argument);
      }
    }
    boolean all = parts.isEmpty();
    Report report = new Report();
    if (all || parts.contains("start")) {
      new StartBench(Math.max(5, rounds)).run(report);
    }
    if (all || parts.contains("cold")) {
      new ColdStartBench(runs).run(report);
    }
    if (all || parts.contains("warm")) {
      new WarmPathBench(rounds, seconds).run(report);
    }
    System.out.println(
        "Measured on %s, %s, %d cores, Linux %s, Java %s."
            .formatted(
                LocalDate.now(java.time.ZoneOffset.UTC),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version()));
    report.print(System.out);
    Path file = home().resolve("target/bench.json");
    Files.writeString(file, report.json());
    System.out.println("\nAs JSON: target/bench.json");
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

package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The server's start, its idle memory, and what a person waits for at the command line: the
/// launcher and the start of its JVM are in all of them.
final class StartBench {
  private static final String TABLE = "start and commands";
  private static final long IDLE_NANOS = 3_000_000_000L;
  private static final int CALLS = 3;

  private final int rounds;
  private final List<Double> firstStart = new ArrayList<>();
  private final List<Double> start = new ArrayList<>();
  private final List<Double> startCpu = new ArrayList<>();
  private final List<Double> memory = new ArrayList<>();
  private final List<Double> list = new ArrayList<>();
  private final List<Double> deploy = new ArrayList<>();
  private final List<Double> firstAnswer = new ArrayList<>();

  StartBench(int rounds) {
    this.rounds = rounds;
  }

  void run(Report report) throws IOException {
    for (int round = 0; round < rounds; round++) {
      Progress.step("start, round %d of %d".formatted(round + 1, rounds));
      Path directory = Files.createTempDirectory("ebb-bench-");
      try {
        round(directory);
      } finally {
        Trees.remove(directory);
      }
    }
    put(report, "server, first start to ready, ms", 1000, firstStart);
    put(report, "server, start to ready, ms", 1000, start);
    put(report, "server, CPU until ready, ms", 0, startCpu);
    put(report, "server, idle resident memory, MiB", 150, memory);
    put(report, "ebb ls, ms", 300, list);
    put(report, "ebb deploy, whole command, ms", 0, deploy);
    put(report, "ebb deploy to first 200, ms", 300, firstAnswer);
  }

  private void round(Path directory) throws IOException {
    Path data = directory.resolve("data");
    try (EbbUp server = new EbbUp(data)) {
      firstStart.add(server.readyMillis()); // It makes its keys and certificates.
    }
    try (EbbUp server = new EbbUp(data)) {
      start.add(server.readyMillis());
      startCpu.add(server.cpuSecondsAtReady() * 1000);
      LockSupport.parkNanos(IDLE_NANOS);
      memory.add(Processes.residentMebibytes(server.pid()));
      for (int call = 0; call < CALLS; call++) {
        list.add(server.command("ls"));
      }
      deployments(server, directory.resolve("hello.py"));
    }
  }

  private void deployments(EbbUp server, Path source) throws IOException {
    URI url = URI.create(server.gateway() + "/function/hello");
    for (int version = 0; version < CALLS; version++) {
      Files.writeString(source, "def main():\n    return 'version %d'\n".formatted(version));
      long started = System.nanoTime();
      deploy.add(server.command("deploy", source.toString()));
      HttpTimer.Answer answer = HttpTimer.get(url);
      firstAnswer.add((System.nanoTime() - started) / 1e6);
      if (answer.status() != 200 || !answer.body().contains("version " + version)) {
        throw new IllegalStateException("deploy returned and this answered: " + answer);
      }
    }
  }

  /// @param target 0 for none
  private static void put(Report report, String label, double target, List<Double> values) {
    Samples samples = new Samples(values);
    Report.Row row =
        report
            .row(TABLE, label)
            .put("median", samples.median())
            .put("min", samples.min())
            .put("max", samples.max())
            .put("runs", samples.count());
    if (target > 0) {
      row.put("target", target);
    }
  }
}

package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// The server's start, its idle memory, and what a person waits for at the command line.
final class StartBench {
  private final int rounds;

  StartBench(int rounds) {
    this.rounds = rounds;
  }

  void run(Report report) throws IOException {
    List<Double> ready = new ArrayList<>();
    List<Double> memory = new ArrayList<>();
    List<Double> list = new ArrayList<>();
    List<Double> deploy = new ArrayList<>();
    List<Double> firstAnswer = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Progress.step("start, round %d of %d".formatted(round + 1, rounds));
      Path directory = Files.createTempDirectory("ebb-bench-");
      try (EbbUp server = new EbbUp(directory.resolve("data"))) {
        ready.add(server.readyMillis());
        LockSupport.parkNanos(3_000_000_000L);
        memory.add(Processes.residentMebibytes(server.pid()));
        for (int call = 0; call < 3; call++) {
          list.add(server.command("ls"));
        }
        Path source = directory.resolve("hello.py");
        for (int version = 0; version < 3; version++) {
          Files.writeString(source, "def main():\n    return 'version %d'\n".formatted(version));
          long started = System.nanoTime();
          deploy.add(server.command("deploy", source.toString()));
          String answer = HttpTimer.get(URI.create(server.gateway() + "/function/hello")).body();
          firstAnswer.add((System.nanoTime() - started) / 1e6);
          if (!answer.equals("version " + version)) {
            throw new IllegalStateException("deploy returned and this answered: " + answer);
          }
        }
      } finally {
        Trees.remove(directory);
      }
    }
    put(report, "server start to ready, ms", ready);
    put(report, "idle resident memory, MiB", memory);
    put(report, "ebb ls, ms", list);
    put(report, "ebb deploy, whole command, ms", deploy);
    put(report, "ebb deploy to first 200, ms", firstAnswer);
  }

  private static void put(Report report, String label, List<Double> values) {
    Samples samples = new Samples(values);
    report
        .row("start", label)
        .put("median", samples.median())
        .put("max", samples.max())
        .put("runs", samples.count());
  }
}

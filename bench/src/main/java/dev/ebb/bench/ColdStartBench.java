package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request to a function at zero: from the request to the first byte of its answer. Beside it,
/// turn by turn, the floor: the same interpreter starting a minimal responder on a unix socket,
/// tried every half millisecond.
///
/// Many functions with the shortest window (6 s) are called one after the other, so that each is at
/// zero again when its turn comes.
final class ColdStartBench {
  private static final int FUNCTIONS = 50;
  private static final Pattern PHASE =
      Pattern.compile("(?m)^ebb_node_start_seconds_(sum|count)\\{([^}]*)\\} ([\\d.eE+-]+)$");
  private static final Pattern PHASE_NAME = Pattern.compile("phase=\"(\\w+)\"");

  private final int runs;

  ColdStartBench(int runs) {
    this.runs = runs;
  }

  private record Language(
      String name, String function, String runtime, List<String> floor, String responder) {}

  private static final List<Language> LANGUAGES =
      List.of(
          new Language(
              "python",
              "def main():\n    return 'hello'\n",
              "python",
              List.of("python3", "-S", "-c"),
              """
              import _socket, sys
              s = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
              s.bind(sys.argv[1])
              s.listen()
              fd, _ = s._accept()
              c = _socket.socket(fileno=fd)
              c.recv(65536)
              c.send(b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\nhello')
              c.close()
              """),
          new Language(
              "nodejs",
              "module.exports = async () => 'hello';\n",
              "nodejs",
              List.of("node", "-e"),
              """
              const server = require('http').createServer((request, response) => {
                response.end('hello', () => process.exit(0));
              });
              server.listen(process.argv[1]);
              """));

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    try (EbbUp server = new EbbUp(directory.resolve("data"))) {
      for (Language language : LANGUAGES) {
        deploy(server, directory, language);
      }
      for (Language language : LANGUAGES) {
        measure(report, server, directory, language);
      }
    } finally {
      Trees.remove(directory);
    }
  }

  private void deploy(EbbUp server, Path directory, Language language) throws IOException {
    Progress.step("deploying " + FUNCTIONS + " functions in " + language.name());
    StringBuilder manifest = new StringBuilder();
    for (int function = 0; function < FUNCTIONS; function++) {
      manifest.append(
          """
          apiVersion: ebb.dev/v1
          kind: Function
          metadata:
            name: %s-%d
          spec:
            runtime: %s
            scaling:
              window: 6s
            source:
              inline: |
                %s
          ---
          """
              .formatted(
                  language.name(),
                  function,
                  language.runtime(),
                  language.function().strip().replace("\n", "\n      ")));
    }
    Path file = Files.writeString(directory.resolve(language.name() + ".yaml"), manifest);
    server.command("apply", "-f", file.toString());
  }

  private void measure(Report report, EbbUp server, Path directory, Language language)
      throws IOException {
    awaitZero(server);
    Map<String, double[]> before = phases(server);
    List<Double> cold = new ArrayList<>();
    List<Double> floor = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      if (run % FUNCTIONS == 0) {
        Progress.step("%s, cold start %d of %d".formatted(language.name(), run, runs));
        awaitZero(server);
      }
      URI url =
          URI.create(server.gateway() + "/function/" + language.name() + "-" + run % FUNCTIONS);
      HttpTimer.Answer answer = HttpTimer.get(url);
      if (answer.status() != 200) {
        throw new IllegalStateException(url + " answered " + answer);
      }
      cold.add(answer.firstByteMillis());
      floor.add(floor(directory, language));
    }
    put(report, language.name() + " from zero", cold);
    put(report, language.name() + ", the floor", floor);
    Report.Row row = report.row("cold start by phase, mean ms", language.name());
    phases(server)
        .forEach((phase, now) -> {
          double[] then = before.getOrDefault(phase, new double[2]);
          row.put(phase, (now[0] - then[0]) / (now[1] - then[1]) * 1000);
        });
  }

  private static void put(Report report, String label, List<Double> values) {
    Samples samples = new Samples(values);
    report
        .row("cold start, request to first byte, ms", label)
        .put("p50", samples.median())
        .put("p95", samples.percentile(0.95))
        .put("max", samples.max())
        .put("runs", samples.count());
  }

  private static double floor(Path directory, Language language) {
    Path socket = directory.resolve("floor.sock");
    List<String> command = new ArrayList<>(language.floor());
    command.add(language.responder());
    command.add(socket.toString());
    try {
      Files.deleteIfExists(socket);
      long started = System.nanoTime();
      Process process = new ProcessBuilder(command).inheritIO().start();
      while (true) {
        try {
          HttpTimer.get(socket);
          double millis = (System.nanoTime() - started) / 1e6;
          process.waitFor();
          return millis;
        } catch (UncheckedIOException e) {
          if (!process.isAlive()) {
            throw e;
          }
          LockSupport.parkNanos(500_000);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits until no instance runs.
  private static void awaitZero(EbbUp server) {
    long end = System.nanoTime() + 120_000_000_000L;
    while (ready(server) > 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("instances did not go to zero within 120 s");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private static double ready(EbbUp server) {
    double sum = 0;
    for (String line : HttpTimer.get(server.metrics()).body().split("\n")) {
      if (line.startsWith("ebb_node_instances{")) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return sum;
  }

  /// Sum and count of each phase so far.
  private static Map<String, double[]> phases(EbbUp server) {
    Map<String, double[]> phases = new TreeMap<>();
    Matcher matcher = PHASE.matcher(HttpTimer.get(server.metrics()).body());
    while (matcher.find()) {
      Matcher name = PHASE_NAME.matcher(matcher.group(2));
      if (name.find()) {
        double[] figures = phases.computeIfAbsent(name.group(1), it -> new double[2]);
        figures[matcher.group(1).equals("sum") ? 0 : 1] += Double.parseDouble(matcher.group(3));
      }
    }
    return phases;
  }
}

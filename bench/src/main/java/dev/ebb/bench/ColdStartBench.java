package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request to a function at zero: from the request to the first byte of its answer. Beside it,
/// turn by turn, the floor: the same executable with the same environment starting a minimal
/// responder on a unix socket, tried every half millisecond.
///
/// Many functions with the shortest window (6 s) are called one after the other, so that each is at
/// zero again when its turn comes.
final class ColdStartBench {
  private static final int FUNCTIONS = 50;
  private static final String TABLE = "cold start, request to first byte, ms";

  // What Ebb may add to the interpreter's own start, at p50.
  private static final double TARGET_MILLIS = 15;
  private static final Pattern INSTANCES =
      Pattern.compile("(?m)^ebb_node_instances\\{[^}]*\\} ([\\d.eE+-]+)$");
  private static final Pattern PHASE =
      Pattern.compile("(?m)^ebb_node_start_seconds_(sum|count)\\{([^}]*)\\} ([\\d.eE+-]+)$");
  private static final Pattern PHASE_NAME = Pattern.compile("phase=\"(\\w+)\"");

  private final int runs;

  ColdStartBench(int runs) {
    this.runs = runs;
  }

  private record Language(
      String name, List<String> about, String function, List<String> floor, String responder) {}

  private static final List<Language> LANGUAGES =
      List.of(
          new Language(
              "python",
              List.of("python3", "-c", "import sys; print(sys.executable)"),
              "def main():\n    return 'hello'\n",
              List.of("-S", "-c"),
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
              List.of("node", "-p", "process.execPath"),
              "module.exports = async () => 'hello';\n",
              List.of("-e"),
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
                  language.name(),
                  language.function().strip().replace("\n", "\n      ")));
    }
    Path file = Files.writeString(directory.resolve(language.name() + ".yaml"), manifest);
    server.command("apply", "-f", file.toString());
    for (int function = 0; function < FUNCTIONS; function++) {
      awaitAnswer(url(server, language, function));
    }
  }

  private static URI url(EbbUp server, Language language, int function) {
    return URI.create("%s/function/%s-%d".formatted(server.gateway(), language.name(), function));
  }

  /// Controllers work after the command has ended.
  static void awaitAnswer(URI url) {
    long end = System.nanoTime() + 60_000_000_000L;
    for (HttpTimer.Answer answer = HttpTimer.get(url);
        answer.status() != 200;
        answer = HttpTimer.get(url)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(url + " still answers " + answer);
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private void measure(Report report, EbbUp server, Path directory, Language language)
      throws IOException {
    awaitZero(server);
    String interpreter = Processes.run(language.about()).strip();
    Map<String, double[]> before = phases(server.metrics());
    List<Double> cold = new ArrayList<>();
    List<Double> floor = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      if (run % FUNCTIONS == 0) {
        Progress.step("%s, cold start %d of %d".formatted(language.name(), run, runs));
        awaitZero(server);
      }
      URI url = url(server, language, run % FUNCTIONS);
      HttpTimer.Answer answer = HttpTimer.get(url);
      if (answer.status() != 200) {
        throw new IllegalStateException(url + " answered " + answer);
      }
      cold.add(answer.firstByteMillis());
      floor.add(floor(directory, interpreter, language));
    }
    double bare = put(report, language.name() + ", the floor", floor).median();
    put(report, language.name() + " from zero", cold);
    report
        .row(TABLE, language.name() + " from zero")
        .put("above the floor", new Samples(cold).median() - bare)
        .put("target", TARGET_MILLIS);
    Report.Row row = report.row("cold start by phase, mean ms", language.name());
    phases(server.metrics())
        .forEach((phase, now) -> {
          double[] then = before.getOrDefault(phase, new double[2]);
          row.put(phase, (now[0] - then[0]) / (now[1] - then[1]) * 1000);
        });
  }

  private static Samples put(Report report, String label, List<Double> values) {
    Samples samples = new Samples(values);
    report
        .row(TABLE, label)
        .put("p50", samples.median())
        .put("p95", samples.percentile(0.95))
        .put("max", samples.max())
        .put("runs", samples.count());
    return samples;
  }

  private static double floor(Path directory, String interpreter, Language language) {
    Path socket = directory.resolve("floor.sock");
    List<String> command = new ArrayList<>(List.of(interpreter));
    command.addAll(language.floor());
    command.add(language.responder());
    command.add(socket.toString());
    try {
      Files.deleteIfExists(socket);
      ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
      // As the node does: variables such as NODE_EXTRA_CA_CERTS cost an interpreter tens of ms.
      builder.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.equals("HOME"));
      long started = System.nanoTime();
      Process process = builder.start();
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
  static void awaitZero(EbbUp server) {
    long end = System.nanoTime() + 120_000_000_000L;
    while (instances(server.metrics()) > 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("instances did not go to zero within 120 s");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  /// In whatever phase.
  static double instances(String metrics) {
    double[] phases =
        INSTANCES
            .matcher(metrics)
            .results()
            .mapToDouble(line -> Double.parseDouble(line.group(1)))
            .toArray();
    if (phases.length == 0) {
      throw new IllegalStateException("the server tells nothing of instances:\n" + metrics);
    }
    return Arrays.stream(phases).sum();
  }

  /// Sum and count of each phase so far.
  static Map<String, double[]> phases(String metrics) {
    Map<String, double[]> phases = new TreeMap<>();
    Matcher matcher = PHASE.matcher(metrics);
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

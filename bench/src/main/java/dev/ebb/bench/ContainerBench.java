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
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request to a Knative Service of a small static image at zero: from the request to the first
/// byte of its answer. Beside it, turn by turn, the program alone, `ctr run` and `podman run`. Then
/// a burst of instances at once, and what idle ones cost.
final class ContainerBench {
  private static final int SERVICES = 50;
  private static final int BURST = 200;
  private static final int PEER_RUNS = 20;
  private static final String COLD = "containers: create to first byte, ms";
  private static final String MANY = "containers: %d instances at once".formatted(BURST);
  private static final Pattern READY =
      Pattern.compile("(?m)^ebb_node_instances\\{[^}]*phase=\"ready\"[^}]*\\} ([\\d.eE+-]+)$");

  private static final Pattern STANDBYS = Pattern.compile("(?m)^ebb_node_standbys ([\\d.eE+-]+)$");

  private final int runs;

  ContainerBench(int runs) {
    this.runs = runs;
  }

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    try {
      StaticImage image = StaticImage.hello(directory);
      try (ContainerPeers peers = new ContainerPeers(directory, image)) {
        Ways ways = new Ways(runs, PEER_RUNS, peers);
        double without;
        try (EbbUp server = new EbbUp(directory.resolve("without"), "--standbys", "0")) {
          without = deploy(directory, image, server, 0);
          ways.cold(server, 0, ways.unprepared);
        }
        try (EbbUp server = new EbbUp(directory.resolve("data"))) {
          double with = deploy(directory, image, server, SERVICES);
          Map<String, double[]> before = ColdStartBench.phases(server.metrics());
          ways.cold(server, SERVICES, ways.ebb);
          ways.report(report);
          phases(report, before, server);
          report
              .row("containers: what is made ahead", "ebb")
              .put("standbys", SERVICES)
              .put("MiB each", (with - without) / SERVICES);
          many(report, directory, image, server);
        }
      }
    } finally {
      Trees.remove(directory);
    }
  }

  /// @return by how much it all, once at zero, has lowered the available memory, in MiB
  private static double deploy(Path directory, StaticImage image, EbbUp server, int standbys)
      throws IOException {
    Progress.step("deploying " + SERVICES + " services");
    double available = available();
    server.command("image", "load", image.archive().toString(), "--name", image.name());
    StringBuilder manifest = new StringBuilder();
    for (int service = 0; service < SERVICES; service++) {
      manifest.append(service("hello-" + service, image, Map.of("window", "6s")));
    }
    apply(server, directory, manifest.toString());
    for (int service = 0; service < SERVICES; service++) {
      ColdStartBench.awaitAnswer(url(server, service));
    }
    awaitZero(server, standbys);
    return available - available();
  }

  /// No instance is there, and as many are made ahead as can be.
  private static void awaitZero(EbbUp server, int standbys) {
    ColdStartBench.awaitZero(server);
    long end = System.nanoTime() + 60_000_000_000L;
    while (count(STANDBYS, server.metrics()) < standbys) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("instances were not made ahead within 60 s");
      }
      LockSupport.parkNanos(200_000_000);
    }
    LockSupport.parkNanos(1_000_000_000L);
  }

  /// The ways to start the program, which take turns.
  private static final class Ways {
    final List<Double> ebb = new ArrayList<>();
    final List<Double> unprepared = new ArrayList<>();
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> ctr = new ArrayList<>();
    private final List<Double> podman = new ArrayList<>();
    private final int runs;
    private final int peerRuns;
    private final ContainerPeers peers;

    Ways(int runs, int peerRuns, ContainerPeers peers) {
      this.runs = runs;
      this.peerRuns = peerRuns;
      this.peers = peers;
    }

    void cold(EbbUp server, int standbys, List<Double> to) {
      for (int run = 0; run < runs; run++) {
        if (run % SERVICES == 0) {
          Progress.step("containers, cold start %d of %d".formatted(run, runs));
          awaitZero(server, standbys);
        }
        HttpTimer.Answer answer = HttpTimer.get(url(server, run % SERVICES));
        if (answer.status() != 200) {
          throw new IllegalStateException("answered " + answer);
        }
        to.add(answer.firstByteMillis());
        plain.add(peers.plain());
        if (run < peerRuns) {
          ctr.add(peers.ctr());
          podman.add(peers.podman());
        }
      }
    }

    void report(Report report) {
      double floor = put(report, "the program alone", plain, 0).median();
      Samples cold = put(report, "ebb, from zero", ebb, floor);
      Samples drained = put(report, "ebb, from zero, nothing made ahead", unprepared, floor);
      double contained = put(report, "ctr run", ctr, floor).median() - floor;
      put(report, "podman run", podman, floor);
      double most = new Samples(plain).percentile(0.99);
      adds(report, "ebb", cold, floor, most, contained);
      adds(report, "ebb, nothing made ahead", drained, floor, most, contained);
    }

    private static void adds(
        Report report, String label, Samples cold, double floor, double most, double contained) {
      report
          .row("containers: what the platform adds, ms", label)
          .put("p50", cold.median() - floor)
          .put("target p50", 7)
          .put("p99", cold.percentile(0.99) - most)
          .put("target p99", 25)
          .put("of ctr run's", (cold.median() - floor) / contained)
          .put("target of it", 1.0 / 15);
    }
  }

  private static void phases(Report report, Map<String, double[]> before, EbbUp server) {
    Report.Row row = report.row("containers: cold start by phase, mean ms", "ebb");
    ColdStartBench.phases(server.metrics())
        .forEach((phase, now) -> {
          double[] then = before.getOrDefault(phase, new double[2]);
          row.put(phase, (now[0] - then[0]) / (now[1] - then[1]) * 1000);
        });
  }

  private static Samples put(Report report, String label, List<Double> values, double floor) {
    Samples samples = new Samples(values);
    Report.Row row =
        report
            .row(COLD, label)
            .put("p50", samples.median())
            .put("p95", samples.percentile(0.95))
            .put("p99", samples.percentile(0.99))
            .put("max", samples.max())
            .put("runs", samples.count());
    if (floor > 0) {
      row.put("above the program", samples.median() - floor);
    }
    return samples;
  }

  /// All at once, which drains every pool, from the command to the last one that is ready.
  private static void many(Report report, Path directory, StaticImage image, EbbUp server)
      throws IOException {
    ColdStartBench.awaitZero(server);
    double program = programMebibytes(directory, image);
    Progress.step(BURST + " instances at once");
    apply(server, directory, service("many", image, Map.of("initial-scale", "0")));
    double available = available();
    long started = System.nanoTime();
    apply(
        server,
        directory,
        service("many", image, Map.of("initial-scale", "" + BURST, "min-scale", "" + BURST)));
    double seconds = awaitReady(server, started);
    LockSupport.parkNanos(2_000_000_000L);
    report
        .row(MANY, "ebb")
        .put("all ready after, s", seconds)
        .put("target s", 4)
        .put("MiB each", (available - available()) / BURST)
        .put("MiB of the program itself", program)
        .put("MiB each beyond it", (available - available()) / BURST - program)
        .put("target MiB", 1.5);
  }

  private static double awaitReady(EbbUp server, long started) {
    long end = started + 120_000_000_000L;
    while (count(READY, server.metrics()) < BURST) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "only %.0f of %d instances are ready".formatted(count(READY, server.metrics()), BURST));
      }
      LockSupport.parkNanos(10_000_000);
    }
    return (System.nanoTime() - started) / 1e9;
  }

  private static double count(Pattern which, String metrics) {
    Matcher matcher = which.matcher(metrics);
    double sum = 0;
    while (matcher.find()) {
      sum += Double.parseDouble(matcher.group(1));
    }
    return sum;
  }

  /// The drop of the machine's available memory by one of many copies of the program.
  private static double programMebibytes(Path directory, StaticImage image) {
    double before = available();
    List<Process> copies = new ArrayList<>();
    try {
      for (int copy = 0; copy < BURST; copy++) {
        ProcessBuilder builder = new ProcessBuilder(image.program().toString());
        builder.redirectOutput(directory.resolve("copies.out").toFile());
        builder.environment().put("PORT", "" + ContainerPeers.freePort());
        copies.add(builder.start());
      }
      LockSupport.parkNanos(2_000_000_000L);
      return (before - available()) / BURST;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      copies.forEach(Process::destroyForcibly);
    }
  }

  /// `MemAvailable` of proc_meminfo(5) in MiB.
  private static double available() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
              .filter(line -> line.startsWith("MemAvailable:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void apply(EbbUp server, Path directory, String manifest) throws IOException {
    Path file = Files.writeString(directory.resolve("services.yaml"), manifest);
    server.command("apply", "-f", file.toString());
  }

  private static String service(String name, StaticImage image, Map<String, String> scaling) {
    StringBuilder annotations = new StringBuilder();
    scaling.forEach((key, value) ->
        annotations.append("        autoscaling.knative.dev/%s: \"%s\"\n".formatted(key, value)));
    return """
    apiVersion: serving.knative.dev/v1
    kind: Service
    metadata:
      name: %s
    spec:
      template:
        metadata:
          annotations:
    %s
        spec:
          containers:
          - image: %s
    ---
    """
        .formatted(name, annotations.toString().stripTrailing(), image.name());
  }

  private static URI url(EbbUp server, int service) {
    return URI.create("%s/function/hello-%d".formatted(server.gateway(), service));
  }
}

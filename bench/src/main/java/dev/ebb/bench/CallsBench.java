package dev.ebb.bench;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asynchronous calls over real HTTP to a real server: how many are accepted durably, alone and
/// beside deliveries, how fast they are delivered, and what a long queue costs in memory and at a
/// restart after `kill -9`; beside durable publishing to NATS JetStream.
final class CallsBench {
  private static final String ACCEPTED = "asynchronous calls: accepted durably, 1 KB over HTTP";
  private static final String DELIVERED =
      "asynchronous calls: delivered, 1 KB, a function in a container";
  private static final String QUEUED = "asynchronous calls: a long queue of 1 KB";
  private static final int[] CLIENTS = {1, 16, 64};
  private static final int BODY = 1000;

  /// The JVM's second compiler needs some hundred thousand requests.
  private static final int WARM_UP_SECONDS = 10;

  private static final long PATIENCE_NANOS = 120_000_000_000L;

  /// Of what is measured, at most: fast machines would fill their disk else.
  private static final int MAX_BURSTS = 40;

  private final int rounds;
  private final int seconds;
  private final int calls;

  /// @param calls in the long queue, at least ten thousand
  CallsBench(int rounds, int seconds, int calls) {
    this.rounds = rounds;
    this.seconds = seconds;
    this.calls = calls;
  }

  void run(Report report) throws IOException {
    // On the disk that Ebb is on: the temporary directory may be memory.
    Path directory = Files.createDirectories(Main.home().resolve("target/bench-calls"));
    try {
      Path script = directory.resolve("post.lua");
      Files.writeString(
          script, "wrk.method = \"POST\"\nwrk.body = string.rep(\"x\", %d)\n".formatted(BODY));
      StaticImage image = StaticImage.hello(directory);
      try (EbbUp server = new EbbUp(directory.resolve("accepting"))) {
        deploy(server, image);
        accepting(report, new Site(server, script));
      }
      jetStream(report, directory.resolve("nats"));
      queued(report, directory.resolve("queued"), image, script);
    } finally {
      Trees.remove(directory);
    }
  }

  /// Functions: `hold` answers never, so its calls wait; `crawl` a tenth of a second later; `quick`
  /// at once.
  private static void deploy(EbbUp server, StaticImage image) {
    ServingBench.load(server, image);
    try (ApiAccess api = new ApiAccess(server.record())) {
      service(api, image, "hold", Map.of("DELAY_MS", "290000"));
      service(api, image, "crawl", Map.of("DELAY_MS", "100"));
      service(api, image, "quick", Map.of());
    }
  }

  private static void service(
      ApiAccess api, StaticImage image, String name, Map<String, String> environment) {
    api.create(
        ServingBench.SERVICES,
        ServingBench.service(
            name,
            image,
            0,
            Map.of("min-scale", "1", "max-scale", "1", "metric", "rps", "target", "100000"),
            environment));
  }

  /// A server and who sends to it.
  private record Site(EbbUp server, Path script) {
    Wrk post(String function, int clients, int seconds) {
      Wrk wrk =
          Wrk.run(
              server.gateway() + "/async-function/" + function,
              clients,
              seconds,
              List.of("-s", script.toString()));
      if (wrk.errors() > 0) {
        throw new IllegalStateException(wrk.errors() + " calls were not accepted");
      }
      return wrk;
    }

    double delivered(String function) {
      return metric(server.metrics(), "ebb_async_delivered_total", function);
    }

    /// What waits or is being made.
    double left(String function) {
      String metrics = server.metrics();
      return metric(metrics, "queue_worker_pending_messages", function)
          + metric(metrics, "queue_worker_function_invocation_inflight", function);
    }
  }

  private static double metric(String metrics, String name, String function) {
    Matcher matcher =
        Pattern.compile(
                "(?m)^%s\\{[^}]*function_name=\"%s\\.default\"[^}]*} ([\\d.eE+-]+)$"
                    .formatted(name, function))
            .matcher(metrics);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private void accepting(Report report, Site site) {
    for (String function : List.of("hold", "quick")) {
      Progress.step("calls: warming up, " + function);
      site.post(function, 64, WARM_UP_SECONDS);
    }
    drain(site);
    for (int clients : CLIENTS) {
      measure(report, site, "hold", clients, label(clients) + ", nothing is delivered");
    }
    List<Double> drained = new ArrayList<>();
    List<Double> beside = new ArrayList<>();
    List<Wrk> runs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Progress.step(
          "calls: 64 clients and deliveries, round %d of %d".formatted(round + 1, rounds));
      double before = site.delivered("quick");
      runs.add(site.post("quick", 64, seconds));
      double during = site.delivered("quick") - before;
      beside.add(during / seconds);
      long started = System.nanoTime();
      double rest = drain(site);
      drained.add(rest * 1e9 / (System.nanoTime() - started));
    }
    put(report, "64 clients, beside deliveries", runs);
    report
        .row(DELIVERED, "while 64 clients send more")
        .put("calls/s", new Samples(beside).median());
    report
        .row(DELIVERED, "what they left, when nothing comes")
        .put("calls/s", new Samples(drained).median());
  }

  private static String label(int clients) {
    return clients == 1 ? "1 client" : clients + " clients";
  }

  private void measure(Report report, Site site, String function, int clients, String label) {
    List<Wrk> runs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Progress.step("calls: %s, round %d of %d".formatted(label(clients), round + 1, rounds));
      runs.add(site.post(function, clients, seconds));
    }
    put(report, label, runs);
  }

  private static void put(Report report, String label, List<Wrk> runs) {
    List<Wrk> sorted = new ArrayList<>(runs);
    sorted.sort(Comparator.comparingDouble(Wrk::requestsPerSecond));
    Wrk median = sorted.get(sorted.size() / 2);
    report
        .row(ACCEPTED, label)
        .put("calls/s", median.requestsPerSecond())
        .put("p50 ms", median.p50Millis())
        .put("p99 ms", median.p99Millis());
  }

  /// Waits until all calls of `quick` are delivered.
  ///
  /// @return how many were left
  private static double drain(Site site) {
    double left = site.left("quick");
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (site.left("quick") > 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("calls are not delivered");
      }
      LockSupport.parkNanos(20_000_000);
    }
    return left;
  }

  private void jetStream(Report report, Path directory) {
    try (NatsJetStream server = new NatsJetStream(directory)) {
      byte[] event = new byte[BODY];
      for (int clients : CLIENTS) {
        Progress.step("calls: NATS JetStream, " + label(clients));
        server.publish(clients, seconds, event);
        List<NatsJetStream.Published> runs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          runs.add(server.publish(clients, seconds, event));
        }
        runs.sort(Comparator.comparingDouble(NatsJetStream.Published::rate));
        NatsJetStream.Published median = runs.get(rounds / 2);
        report
            .row(ACCEPTED, "NATS JetStream, its own protocol, " + label(clients))
            .put("calls/s", median.rate())
            .put("p50 ms", median.latencies().percentile(0.5))
            .put("p99 ms", median.latencies().percentile(0.99));
      }
    } catch (IOException e) {
      report.fact("NATS JetStream", "not measured: " + e.getMessage());
    }
  }

  private void queued(Report report, Path data, StaticImage image, Path script) {
    try (EbbUp server = new EbbUp(data)) {
      deploy(server, image);
      Site site = new Site(server, script);
      fill(report, site, calls / 10);
      fill(report, site, calls);
      kill(server.pid());
    }
    Progress.step("calls: the server again");
    long started = System.nanoTime();
    try (EbbUp server = new EbbUp(data)) {
      double ready = (System.nanoTime() - started) / 1e9;
      Site site = new Site(server, script);
      while (site.delivered("crawl") < 1) {
        if (System.nanoTime() - started > PATIENCE_NANOS) {
          throw new IllegalStateException("calls are not delivered after a restart");
        }
        LockSupport.parkNanos(5_000_000);
      }
      report
          .row(QUEUED, "%,d calls, server killed and started again".formatted(calls))
          .put("s until ready", ready)
          .put("s until one is answered", (System.nanoTime() - started) / 1e9)
          .put("target s", 3);
    }
  }

  private void fill(Report report, Site site, int wanted) {
    for (int burst = 0; site.left("crawl") < wanted; burst++) {
      if (burst == MAX_BURSTS) {
        throw new IllegalStateException("too few calls were accepted");
      }
      Progress.step("calls: a queue of %,d, %,.0f so far".formatted(wanted, site.left("crawl")));
      double left = wanted - site.left("crawl");
      site.post("crawl", 64, left > 200_000 ? 10 : left > 20_000 ? 3 : 1);
    }
    report
        .row(QUEUED, "%,d calls".formatted(wanted))
        .put("calls", site.left("crawl"))
        .put("heap after a collection, MiB", HeapBytes.of(site.server().pid()) / (double) (1 << 20))
        .put("resident MiB", Processes.residentMebibytes(site.server().pid()));
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }
}

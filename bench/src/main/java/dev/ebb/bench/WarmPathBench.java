package dev.ebb.bench;

import static java.util.Objects.requireNonNull;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Requests through the gateway to a tiny native backend, beside nginx and haproxy: the proxies
/// take turns, burst by burst, so that a change of the machine's speed meets all of them.
final class WarmPathBench {
  private static final int[] CONNECTIONS = {1, 64, 512};

  // The JVM's second compiler needs some hundred thousand requests, which pass in this time.
  private static final int WARM_UP_SECONDS = 8;

  private final int rounds;
  private final int seconds;

  WarmPathBench(int rounds, int seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  private record Burst(Wrk wrk, double cpuSeconds) {}

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    Path socket = directory.resolve("backend.sock");
    Path backend = directory.resolve("backend");
    Processes.run(
        List.of(
            "cc",
            "-O2",
            "-o",
            backend.toString(),
            Main.home() + "/bench/src/main/native/backend.c"));
    try (Processes processes = new Processes(directory)) {
      processes.start("backend", List.of(backend.toString(), "unix", socket.toString()));
      Map<Proxy, Process> proxies = new EnumMap<>(Proxy.class);
      for (Proxy proxy : Proxy.values()) {
        Process process = proxy.start(processes, directory, backend, socket);
        proxies.put(proxy, process);
        Processes.awaitPort(process, proxy.port());
      }
      for (Proxy proxy : Proxy.values()) {
        Progress.step("warming up " + proxy.label());
        Wrk.run(url(proxy), Proxy.HOST, 64, WARM_UP_SECONDS);
      }
      for (int connections : CONNECTIONS) {
        bursts(report, proxies, connections);
      }
      fixedRate(report, proxies);
    } finally {
      Trees.remove(directory);
    }
  }

  private void bursts(Report report, Map<Proxy, Process> proxies, int connections) {
    Map<Proxy, List<Burst>> bursts = new EnumMap<>(Proxy.class);
    for (int round = 0; round < rounds; round++) {
      for (Proxy proxy : Proxy.values()) {
        Progress.step(
            "c=%d, round %d of %d: %s".formatted(connections, round + 1, rounds, proxy.label()));
        ProcessHandle handle = requireNonNull(proxies.get(proxy)).toHandle();
        double before = Processes.cpuSeconds(handle);
        Wrk wrk = Wrk.run(url(proxy), Proxy.HOST, connections, seconds);
        bursts
            .computeIfAbsent(proxy, it -> new ArrayList<>())
            .add(new Burst(wrk, Processes.cpuSeconds(handle) - before));
      }
    }
    double nginx = rate(requireNonNull(bursts.get(Proxy.NGINX)));
    double haproxy = rate(requireNonNull(bursts.get(Proxy.HAPROXY)));
    double best = Math.max(nginx, haproxy);
    for (Proxy proxy : Proxy.values()) {
      List<Burst> all = requireNonNull(bursts.get(proxy));
      report
          .row("warm path, c=" + connections, proxy.label())
          .put("requests/s", rate(all))
          .put("of the faster peer", rate(all) / best)
          .put("p50 ms", median(all, burst -> burst.wrk().p50Millis()))
          .put("p99 ms", median(all, burst -> burst.wrk().p99Millis()))
          .put(
              "CPU s / 100k",
              median(all, burst -> burst.cpuSeconds() / burst.wrk().requests() * 100_000))
          .put("errors", (double) all.stream().mapToLong(burst -> burst.wrk().errors()).sum());
    }
  }

  /// At a rate that all can sustain: a quarter of what the slower peer did at c=64.
  private void fixedRate(Report report, Map<Proxy, Process> proxies) {
    double slower =
        Math.min(
            report.value("warm path, c=64", Proxy.NGINX.label(), "requests/s"),
            report.value("warm path, c=64", Proxy.HAPROXY.label(), "requests/s"));
    // The generator shares the two cores; beyond this rate it would measure itself.
    double rate = Math.min(Math.floor(slower / 4), 4000);
    Map<Proxy, List<Samples>> runs = new EnumMap<>(Proxy.class);
    for (int round = 0; round < rounds; round++) {
      for (Proxy proxy : proxies.keySet()) {
        Progress.step(
            "%.0f requests/s, round %d of %d: %s"
                .formatted(rate, round + 1, rounds, proxy.label()));
        runs.computeIfAbsent(proxy, it -> new ArrayList<>())
            .add(OpenLoop.run(proxy.port(), Proxy.HOST, 32, rate, seconds));
      }
    }
    runs.forEach((proxy, samples) ->
        report
            .row("warm path, %.0f requests/s in 32 connections".formatted(rate), proxy.label())
            .put("p50 ms", new Samples(samples.stream().map(Samples::median).toList()).median())
            .put(
                "p99 ms",
                new Samples(samples.stream().map(it -> it.percentile(0.99)).toList()).median()));
  }

  private static double rate(List<Burst> bursts) {
    return median(bursts, burst -> burst.wrk().requestsPerSecond());
  }

  private static double median(List<Burst> bursts, Function<Burst, Double> figure) {
    return new Samples(bursts.stream().map(figure).toList()).median();
  }

  private static String url(Proxy proxy) {
    return "http://127.0.0.1:" + proxy.port() + "/";
  }
}

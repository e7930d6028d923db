package dev.ebb.bench;

import dev.ebb.cli.ServerRecord;
import dev.ebb.cli.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/// The Kubernetes API of a real `ebb up`: rates beside etcd and nginx, a change to a thousand
/// watchers, lists of ten thousand Services and what one of them costs in memory, and a thousand
/// Knative Services from nothing to Ready.
final class ApiBench {
  private static final int WATCHERS = 1_000;
  private static final int CHANGES = 20;
  private static final int SERVICES = 10_000;
  private static final int PAGE = 500;
  private static final int LISTINGS = 5;
  private static final int KNATIVE_SERVICES = 1_000;

  private static final String MEMORY = "API, memory of the server for one, bytes";
  private static final String CORE = "/api/v1/namespaces/default/services";
  private static final String KNATIVE = "/apis/serving.knative.dev/v1/namespaces/default/services";
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  private final int rounds;
  private final int seconds;

  ApiBench(int rounds, int seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    try {
      try (Processes processes = new Processes(directory);
          EbbUp server = new EbbUp(directory.resolve("rates"));
          ApiAccess api = new ApiAccess(server.record())) {
        new ApiRates(directory, rounds, seconds).run(report, processes, server.record(), api);
      }
      try (EbbUp server = new EbbUp(directory.resolve("watches"));
          ApiAccess api = new ApiAccess(server.record())) {
        fanOut(report, server.record(), api);
      }
      try (EbbUp server = new EbbUp(directory.resolve("lists"));
          ApiAccess api = new ApiAccess(server.record())) {
        lists(report, server.record(), api);
      }
      List<Double> toReady = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Progress.step("a thousand Services, round %d of %d".formatted(round + 1, rounds));
        try (EbbUp server = new EbbUp(directory.resolve("services-" + round));
            ApiAccess api = new ApiAccess(server.record())) {
          toReady.add(toReady(server, api, directory));
        }
      }
      Samples samples = new Samples(toReady);
      report
          .row("API, Knative Services created until all are Ready, s", "1,000, initial scale 0")
          .put("median", samples.median())
          .put("min", samples.min())
          .put("max", samples.max())
          .put("runs", samples.count())
          .put("target", 10);
    } finally {
      Trees.remove(directory);
    }
  }

  private static void fanOut(Report report, ServerRecord server, ApiAccess api) throws IOException {
    long before = HeapBytes.of(server.pid());
    Progress.step("opening %,d watches".formatted(WATCHERS));
    try (WatchFanOut fanOut = new WatchFanOut(api, WATCHERS)) {
      for (int change = 0; change < CHANGES; change++) {
        fanOut.change("warm-" + change);
      }
      report
          .row(MEMORY, "open watch over TLS")
          .put("heap", (double) (HeapBytes.of(server.pid()) - before) / WATCHERS)
          .put("number", WATCHERS);
      List<Double> first = new ArrayList<>();
      List<Double> half = new ArrayList<>();
      List<Double> last = new ArrayList<>();
      for (int change = 0; change < CHANGES; change++) {
        Progress.step("change %d of %d".formatted(change + 1, CHANGES));
        Samples arrivals = new Samples(fanOut.change("value-" + change));
        first.add(arrivals.min());
        half.add(arrivals.median());
        last.add(arrivals.max());
      }
      String title = "API, from a write to " + "%,d watchers, ms".formatted(WATCHERS);
      put(report, title, "the first one has it", first);
      put(report, title, "half of them have it", half);
      put(report, title, "the last one has it", last).put("target", 100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Report.Row put(Report report, String title, String label, List<Double> millis) {
    Samples samples = new Samples(millis);
    return report
        .row(title, label)
        .put("p50", samples.median())
        .put("max", samples.max())
        .put("runs", samples.count());
  }

  private static void lists(Report report, ServerRecord server, ApiAccess api) {
    long before = HeapBytes.of(server.pid());
    Progress.step("creating %,d Services".formatted(SERVICES));
    Parallel.run(SERVICES, index -> api.create(CORE, coreService(index)));
    long stored = HeapBytes.of(server.pid()) - before;
    int size = api.get(CORE + "/s-0", "application/json").length;
    report
        .row(MEMORY, "stored v1 Service")
        .put("heap", (double) stored / SERVICES)
        .put("number", SERVICES)
        .put("as JSON", size);
    String title = "API, %,d Services listed, ms".formatted(SERVICES);
    for (String accept : List.of("application/json", TABLE)) {
      List<Double> whole = new ArrayList<>();
      List<Double> pages = new ArrayList<>();
      List<Double> onePage = new ArrayList<>();
      for (int listing = 0; listing < 2 * LISTINGS; listing++) {
        Progress.step("listing %d of %d".formatted(listing + 1, 2 * LISTINGS));
        double all = millis(() -> api.get(CORE, accept));
        List<Double> each = pages(api, accept);
        if (listing >= LISTINGS) { // The others warmed up.
          whole.add(all);
          pages.add(each.stream().mapToDouble(Double::doubleValue).sum());
          onePage.addAll(each);
        }
      }
      String as = accept.equals(TABLE) ? "as a table, " : "as JSON, ";
      put(report, title, as + "in one answer", whole);
      put(report, title, as + "in pages of " + PAGE, pages);
      put(report, title, as + "one page", onePage);
    }
  }

  /// Milliseconds of each page.
  private static List<Double> pages(ApiAccess api, String accept) {
    List<Double> millis = new ArrayList<>();
    String next = "";
    do {
      String path = CORE + "?limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + next);
      byte[][] page = new byte[1][];
      millis.add(millis(() -> page[0] = api.get(path, accept)));
      next = ApiAccess.json(page[0]).at("/metadata/continue").asString("");
    } while (!next.isEmpty());
    return millis;
  }

  private static double millis(Runnable work) {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e6;
  }

  /// Seconds from the first creation to all Ready.
  private static double toReady(EbbUp server, ApiAccess api, Path directory) throws IOException {
    Path source = directory.resolve("hello.py");
    Files.writeString(source, "def main():\n    return 'hello'\n");
    server.command("deploy", source.toString());
    api.merge(
        "/api/v1/namespaces/knative-serving/configmaps/config-autoscaler",
        "{\"data\":{\"allow-zero-initial-scale\":\"true\"}}");
    String image =
        api.get(KNATIVE + "/hello").at("/spec/template/spec/containers/0/image").asString();
    long started = System.nanoTime();
    Parallel.run(KNATIVE_SERVICES, index -> api.create(KNATIVE, knativeService(index, image)));
    double created = (System.nanoTime() - started) / 1e9;
    long end = started + 120_000_000_000L;
    long ready = 0;
    while (ready < KNATIVE_SERVICES) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(ready + " Services are Ready after two minutes");
      }
      LockSupport.parkNanos(250_000_000);
      ready = ready(api.get(KNATIVE + "?labelSelector=bench%3Dready"));
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    Progress.step("created in %.1f s, all Ready in %.1f s".formatted(created, seconds));
    return seconds;
  }

  private static long ready(JsonNode list) {
    return list.path("items")
        .valueStream()
        .filter(item ->
            item.at("/status/conditions")
                .valueStream()
                .anyMatch(condition ->
                    condition.path("type").asString().equals("Ready")
                        && condition.path("status").asString().equals("True")))
        .count();
  }

  private static String coreService(int index) {
    return """
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"s-%d","labels":{"app":"a-%d"}},\
    "spec":{"selector":{"app":"a-%d"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}\
    """
        .formatted(index, index % 100, index % 100);
  }

  private static String knativeService(int index, String image) {
    return """
    {"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"k-%d",\
    "labels":{"bench":"ready"}},"spec":{"template":{"metadata":{"annotations":\
    {"autoscaling.knative.dev/initial-scale":"0"}},"spec":{"containers":[{"image":"%s"}]}}}}\
    """
        .formatted(index, image);
  }
}

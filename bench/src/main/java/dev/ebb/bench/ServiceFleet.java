package dev.ebb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/// More and more services at zero in one server, made a tenth at a time, each tenth until it is
/// Ready: whether the rate falls with the number of those that are there.
final class ServiceFleet {
  private static final long LIMIT_NANOS = 300_000_000_000L;
  private static final long POLL_NANOS = 20_000_000;

  /// Seconds that a number of services took, from the first request to all Ready.
  private record Step(int services, double seconds) {}

  private final ApiAccess api;
  private final StaticImage image;
  private final int all;
  private final List<Step> steps = new ArrayList<>();
  private int present;

  /// @param all how many there will be
  ServiceFleet(ApiAccess api, StaticImage image, int all) {
    this.api = api;
    this.image = image;
    this.all = all;
  }

  /// Returns when so many are Ready.
  void growTo(int services) {
    while (present < services) {
      Step step = create(present, Math.min(services, present + all / 10));
      steps.add(step);
      present += step.services;
      Progress.step(
          "%,d of %,d services at zero, the last %,d at %.0f/s"
              .formatted(present, all, step.services, step.services / step.seconds));
    }
  }

  private Step create(int from, int to) {
    long started = System.nanoTime();
    Parallel.run(
        to - from,
        index ->
            api.create(
                ServingBench.SERVICES,
                ServingBench.service(
                    name(from + index), image, 0, Map.of("initial-scale", "0"), Map.of())));
    for (int index = from; index < to; index++) {
      while (!isReady(name(index))) {
        if (System.nanoTime() - started > LIMIT_NANOS) {
          throw new IllegalStateException("%s is not Ready".formatted(name(index)));
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
    return new Step(to - from, (System.nanoTime() - started) / 1e9);
  }

  private static String name(int index) {
    return "k-" + index;
  }

  /// One by one: to list thousands again and again would be a load of its own.
  private boolean isReady(String name) {
    for (JsonNode condition :
        api.get(ServingBench.SERVICES + "/" + name).at("/status/conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  void report(Report report) {
    put(report, "the first %,d".formatted(steps.getFirst().services), steps.subList(0, 1));
    put(report, "the last %,d".formatted(steps.getLast().services), steps.reversed().subList(0, 1));
    put(report, "all %,d".formatted(present), steps);
  }

  private static void put(Report report, String label, List<Step> steps) {
    double seconds = steps.stream().mapToDouble(Step::seconds).sum();
    int services = steps.stream().mapToInt(Step::services).sum();
    report
        .row("Knative Services at zero, created until all are Ready", label)
        .put("s", seconds)
        .put("services/s", services / seconds);
  }
}

package dev.ebb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// How long after the write of a Route its requests go the new way: two services run, a Route of
/// its own leads to one of them and then to the other, and a client that never stops asking sees
/// when. Measured from the answer to the write to the first new answer.
final class RouteChangeBench {
  private static final int WARM_UP = 50;
  private static final int CHANGES = 300;
  private static final String ROUTES = "/apis/serving.knative.dev/v1/namespaces/default/routes";
  private static final List<String> WORDS = List.of("first", "other");

  private final int services;

  RouteChangeBench(int services) {
    this.services = services;
  }

  void run(Report report, EbbUp server, ApiAccess api, StaticImage image) {
    for (String word : WORDS) {
      api.create(
          ServingBench.SERVICES,
          ServingBench.service(word, image, 0, Map.of("min-scale", "1"), Map.of("WORD", word)));
    }
    api.create(
        ROUTES,
        "{\"apiVersion\":\"serving.knative.dev/v1\",\"kind\":\"Route\",\"metadata\":{\"name\":\"switch\"},"
            + traffic(WORDS.getFirst())
            + "}");
    List<Double> after = new ArrayList<>();
    List<Double> whole = new ArrayList<>();
    try (Caller caller = new Caller(server.gateway(), "switch.default.localhost")) {
      for (String word : WORDS) {
        awaitAnswer(server, word);
      }
      Progress.step("changing a Route");
      for (int change = 1; change <= WARM_UP + CHANGES; change++) {
        String word = WORDS.get(change % WORDS.size());
        long begun = System.nanoTime();
        api.merge(ROUTES + "/switch", "{" + traffic(word) + "}");
        long written = System.nanoTime();
        while (!caller.call().body().equals(word)) {
          if (System.nanoTime() - written > 10_000_000_000L) {
            throw new IllegalStateException("the change is not in force after 10 s");
          }
        }
        long inForce = System.nanoTime();
        if (change > WARM_UP) {
          after.add((inForce - written) / 1e6);
          whole.add((inForce - begun) / 1e6);
        }
        LockSupport.parkNanos(20_000_000); // its status is written meanwhile
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    put(report, "from the answer to the write", after).put("target p50", 5);
    put(report, "from the request of the write", whole);
  }

  private static String traffic(String service) {
    return "\"spec\":{\"traffic\":[{\"revisionName\":\"%s-00001\",\"percent\":100}]}"
        .formatted(service);
  }

  private static void awaitAnswer(EbbUp server, String word) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try (Caller caller = new Caller(server.gateway(), word + ".default.localhost")) {
        if (caller.call().body().equals(word)) {
          return;
        }
      } catch (IOException e) {
        Progress.step("not yet: " + e.getMessage());
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(word + " did not answer within 60 s");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private Report.Row put(Report report, String label, List<Double> millis) {
    Samples samples = new Samples(millis);
    return report
        .row("a changed Route among %,d, ms until it is in force".formatted(services), label)
        .put("p50", samples.median())
        .put("p95", samples.percentile(0.95))
        .put("p99", samples.percentile(0.99))
        .put("max", samples.max())
        .put("runs", samples.count());
  }
}

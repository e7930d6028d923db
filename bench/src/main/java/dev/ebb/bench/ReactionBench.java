package dev.ebb.bench;

import dev.ebb.bench.Caller.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From nothing to two hundred requests at once: a service at zero whose instances take ten each,
/// for 0.2 s each, is called over two hundred connections without a pause.
final class ReactionBench {
  private static final int CONNECTIONS = 200;
  private static final int CONCURRENCY = 10;

  /// So many can have all of them in flight.
  private static final int ENOUGH = CONNECTIONS / CONCURRENCY;

  /// As many as the autoscaler wants: seven of the ten are its target.
  private static final int WANTED = (int) Math.ceil(CONNECTIONS / (CONCURRENCY * 0.7));

  private static final long LOAD_NANOS = 12_000_000_000L;
  private static final String TITLE = "a step from 0 to 200 concurrent requests, ms after it";

  private static final Pattern READY =
      Pattern.compile("(?m)^ebb_node_instances\\{[^}]*phase=\"ready\"[^}]*\\} ([\\d.eE+-]+)$");

  private final int rounds;

  ReactionBench(int rounds) {
    this.rounds = rounds;
  }

  void run(Report report, EbbUp server, StaticImage image) {
    try (ApiAccess api = new ApiAccess(server.record())) {
      api.create(
          ServingBench.SERVICES,
          ServingBench.service(
              "step", image, CONCURRENCY, Map.of("window", "6s"), Map.of("DELAY_MS", "200")));
    }
    List<Double> first = new ArrayList<>();
    List<Double> enough = new ArrayList<>();
    List<Double> wanted = new ArrayList<>();
    Load load = new Load();
    awaitAnswer(server);
    for (int round = 0; round < rounds; round++) {
      ColdStartBench.awaitZero(server);
      Progress.step("a step of load, round %d of %d".formatted(round + 1, rounds));
      long started = System.nanoTime();
      load.begin(server, started);
      enough.add(awaitReady(server, ENOUGH, started));
      wanted.add(awaitReady(server, WANTED, started));
      load.end();
      first.add(load.firstAnswer.get() / 1e6);
    }
    put(report, "the first answer", first);
    put(report, "20 instances ready: all requests in flight", enough);
    put(report, "29 instances ready: as many as wanted", wanted);
    report
        .row("a step from 0 to 200 concurrent requests, answers", "all rounds")
        .put("answers", load.answers.get())
        .put("errors", load.errors.get())
        .put("target", 0);
  }

  private static void awaitAnswer(EbbUp server) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try (Caller caller = new Caller(server.gateway(), "step.default.localhost")) {
        if (caller.call().status() == 200) {
          return;
        }
      } catch (IOException e) {
        Progress.step("not yet: " + e.getMessage());
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the service did not answer within 60 s");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private static double awaitReady(EbbUp server, int count, long started) {
    while (ready(server.metrics()) < count) {
      if (System.nanoTime() - started > LOAD_NANOS) {
        throw new IllegalStateException(
            "only %.0f instances are ready".formatted(ready(server.metrics())));
      }
      LockSupport.parkNanos(5_000_000);
    }
    return (System.nanoTime() - started) / 1e6;
  }

  private static double ready(String metrics) {
    Matcher matcher = READY.matcher(metrics);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private static void put(Report report, String label, List<Double> millis) {
    Samples samples = new Samples(millis);
    report
        .row(TITLE, label)
        .put("median", samples.median())
        .put("min", samples.min())
        .put("max", samples.max())
        .put("runs", samples.count());
  }

  private static final class Load {
    final AtomicInteger answers = new AtomicInteger();
    final AtomicInteger errors = new AtomicInteger();
    final AtomicLong firstAnswer = new AtomicLong();
    private final List<Thread> callers = new ArrayList<>();
    private volatile boolean over;

    void begin(EbbUp server, long started) {
      over = false;
      firstAnswer.set(Long.MAX_VALUE);
      callers.clear();
      for (int index = 0; index < CONNECTIONS; index++) {
        callers.add(Thread.ofVirtual().start(() -> call(server, started)));
      }
    }

    private void call(EbbUp server, long started) {
      try (Caller caller = new Caller(server.gateway(), "step.default.localhost")) {
        while (!over) {
          Answer answer = caller.call();
          long after = System.nanoTime() - started;
          firstAnswer.accumulateAndGet(after, Math::min);
          answers.incrementAndGet();
          if (answer.status() != 200 || !answer.body().equals("hello")) {
            errors.incrementAndGet();
          }
        }
      } catch (IOException e) {
        errors.incrementAndGet();
        Progress.step("an error: " + e.getMessage());
      }
    }

    void end() {
      over = true;
      for (Thread caller : callers) {
        try {
          caller.join();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}

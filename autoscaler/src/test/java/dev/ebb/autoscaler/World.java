package dev.ebb.autoscaler;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.testing.FakeInstances;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An autoscaler in virtual time, with a gateway that reports what the test says.
final class World implements AutoCloseable {
  private long nanos;
  private int second;
  private long backlog;
  boolean backlogsFail;

  /// What the queues were told last.
  Map<RevisionId, Integer> ready = Map.of();

  static final RevisionId HELLO = new RevisionId("default", "hello-00001");

  final FakeInstances instances = new FakeInstances();
  final Map<RevisionId, RevisionStats> seen = new LinkedHashMap<>();
  final List<Runnable> activations = new ArrayList<>();
  final Autoscaler autoscaler =
      new Autoscaler(
          instances,
          this::report,
          this::backlogs,
          () -> nanos,
          () -> Instant.EPOCH.plusNanos(nanos),
          activations::add);

  private Map<RevisionId, Long> backlogs(Map<RevisionId, Integer> asked) {
    ready = asked;
    if (backlogsFail) {
      throw new IllegalStateException("on purpose");
    }
    return asked.containsKey(HELLO) && backlog > 0 ? Map.of(HELLO, backlog) : Map.of();
  }

  private Map<RevisionId, RevisionStats> report() {
    return Map.copyOf(seen);
  }

  World register(ScalingPolicy policy) {
    autoscaler.register(HELLO, policy);
    return this;
  }

  /// From now on the gateway sees this; the load is in flight.
  World load(double concurrency, int ready) {
    seen.put(HELLO, new RevisionStats(concurrency, 0, 0, (int) Math.ceil(concurrency), ready));
    return this;
  }

  /// From now on so many asynchronous calls are not done; what is in flight does not matter.
  World backlog(long calls, int ready) {
    backlog = calls;
    return load(0, ready);
  }

  /// From now on so many requests arrive in a second, and each is over at once.
  World requests(long perSecond, int ready) {
    seen.put(HELLO, new RevisionStats(0, perSecond, 0, 0, ready));
    return this;
  }

  /// Lets time pass as the autoscaler's thread would.
  World pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      second++;
      nanos += 1_000_000_000L;
      autoscaler.collect();
      if (second % 2 == 0) {
        autoscaler.decide();
      }
    }
    return this;
  }

  /// Runs what `raise` handed to another thread.
  World runActivations() {
    var pending = List.copyOf(activations);
    activations.clear();
    pending.forEach(Runnable::run);
    return this;
  }

  int desired() {
    return autoscaler.lastDecision(HELLO).orElseThrow().desired();
  }

  String explanation() {
    return autoscaler.lastDecision(HELLO).orElseThrow().explanation();
  }

  /// The last changes, as a person reads them: `0 -> 1: why`.
  List<String> changes() {
    return autoscaler.lastChanges(HELLO).stream()
        .map(one -> one.before() + " -> " + one.desired() + ": " + one.explanation())
        .toList();
  }

  @Override
  public void close() {
    autoscaler.close();
  }
}

package dev.ebb.controllers;

import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// An autoscaler without ticks: a new revision gets its initial scale, demand gets one.
final class FakeScaler implements Scaler {
  private final Instances instances;
  private final Map<RevisionId, ScalingPolicy> policies = new ConcurrentHashMap<>();
  private final Map<RevisionId, Integer> counts = new ConcurrentHashMap<>();
  private final Map<RevisionId, String> explanations = new ConcurrentHashMap<>();
  private final List<Consumer<RevisionId>> listeners = new CopyOnWriteArrayList<>();

  FakeScaler(Instances instances) {
    this.instances = instances;
  }

  @Override
  public void register(RevisionId revision, ScalingPolicy policy) {
    if (policies.put(revision, policy) == null && policy.initialScale() > 0) {
      decide(revision, policy.initialScale());
    }
  }

  @Override
  public void remove(RevisionId revision) {
    policies.remove(revision);
    counts.remove(revision);
  }

  @Override
  public void raise(RevisionId revision) {
    decide(revision, 1);
  }

  @Override
  public void prescribe(RevisionId revision, int count, String why) {
    if (count < 1) {
      throw new IllegalArgumentException("prescribed: " + count);
    }
    if (policies.containsKey(revision)) {
      explanations.put(revision, why);
      decide(revision, count);
    }
  }

  @Override
  public void rest(RevisionId revision) {
    decide(revision, 0);
  }

  /// What the last one who prescribed a count said.
  String explanation(RevisionId revision) {
    return explanations.getOrDefault(revision, "");
  }

  @Override
  public Optional<ScalingDecision> lastDecision(RevisionId revision) {
    return policies.containsKey(revision)
        ? Optional.of(
            new ScalingDecision(
                Instant.EPOCH, 0, counts.getOrDefault(revision, 0), 0, 0, 0, false, "by the test"))
        : Optional.empty();
  }

  @Override
  public List<ScalingDecision> lastChanges(RevisionId revision) {
    return lastDecision(revision).stream().toList();
  }

  @Override
  public Subscription subscribe(Consumer<RevisionId> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void decide(RevisionId revision, int count) {
    counts.put(revision, count);
    instances.scale(revision, count);
    listeners.forEach(listener -> listener.accept(revision));
  }

  Map<RevisionId, ScalingPolicy> policies() {
    return Map.copyOf(policies);
  }
}

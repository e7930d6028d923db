package dev.ebb.controllers;

import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.dataplane.ScalingPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// An autoscaler without ticks: a new revision gets its initial scale, demand gets one.
final class FakeScaler implements Scaler {
  private final Instances instances;
  private final Map<RevisionId, ScalingPolicy> policies = new ConcurrentHashMap<>();

  FakeScaler(Instances instances) {
    this.instances = instances;
  }

  @Override
  public void register(RevisionId revision, ScalingPolicy policy) {
    if (policies.put(revision, policy) == null && policy.initialScale() > 0) {
      instances.scale(revision, policy.initialScale());
    }
  }

  @Override
  public void remove(RevisionId revision) {
    policies.remove(revision);
  }

  @Override
  public void raise(RevisionId revision) {
    instances.scale(revision, 1);
  }

  @Override
  public Optional<ScalingDecision> lastDecision(RevisionId revision) {
    return Optional.empty();
  }

  Map<RevisionId, ScalingPolicy> policies() {
    return Map.copyOf(policies);
  }
}

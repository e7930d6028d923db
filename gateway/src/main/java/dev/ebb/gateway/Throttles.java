package dev.ebb.gateway;

import dev.ebb.dataplane.Demand;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceEvent.PhaseChanged;
import dev.ebb.dataplane.InstanceEvent.StartRefused;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The throttle of each revision. A revision has one as soon as the control plane or the node
/// speaks of it, in either order, and as long as either does. Thread-safe.
final class Throttles {
  private final Map<RevisionId, Throttle> throttles = new ConcurrentHashMap<>();
  private final Map<InstanceId, Throttle> byInstance = new ConcurrentHashMap<>();
  private final Demand demand;
  private final LongSupplier nanoTime;
  private final Consumer<Slot> gone;

  /// @param gone is told of each instance that exited, to close its connections
  Throttles(Demand demand, LongSupplier nanoTime, Consumer<Slot> gone) {
    this.demand = demand;
    this.nanoTime = nanoTime;
    this.gone = gone;
  }

  Optional<Throttle> find(RevisionId revision) {
    return Optional.ofNullable(throttles.get(revision));
  }

  Collection<Throttle> all() {
    return throttles.values();
  }

  void limits(RevisionId revision, RequestLimits limits) {
    with(revision, throttle -> throttle.limits(limits, nanoTime.getAsLong()));
  }

  void remove(RevisionId revision) {
    with(revision, throttle -> throttle.forget(nanoTime.getAsLong()));
  }

  void on(InstanceEvent event) {
    with(
        event.revision(),
        throttle -> {
          switch (event) {
            case PhaseChanged(Instance instance) -> on(throttle, instance);
            case StartRefused refusal -> throttle.startRefused(refusal, nanoTime.getAsLong());
          }
        });
  }

  int inFlight(InstanceId instance) {
    Throttle throttle = byInstance.get(instance);
    return throttle == null ? 0 : throttle.inFlight(instance);
  }

  CompletionStage<Void> drain(InstanceId instance) {
    Throttle throttle = byInstance.get(instance);
    return throttle == null ? CompletableFuture.completedFuture(null) : throttle.drain(instance);
  }

  CompletionStage<Void> quiet(InstanceId instance) {
    Throttle throttle = byInstance.get(instance);
    return throttle == null ? CompletableFuture.completedFuture(null) : throttle.quiet(instance);
  }

  Map<RevisionId, RevisionStats> collect() {
    Map<RevisionId, RevisionStats> stats = new HashMap<>();
    throttles.forEach((revision, throttle) -> {
      if (throttle.limits().isPresent()) {
        stats.put(revision, throttle.collect(nanoTime.getAsLong()));
      }
    });
    return stats;
  }

  private void on(Throttle throttle, Instance instance) {
    switch (instance.phase()) {
      case STARTING -> {
        byInstance.put(instance.id(), throttle);
        throttle.starting(instance.id());
      }
      case READY -> {
        byInstance.put(instance.id(), throttle);
        if (instance.ready()) {
          throttle.ready(instance, nanoTime.getAsLong());
        } else {
          throttle.unready(instance.id());
        }
      }
      case DRAINING -> {
        byInstance.put(instance.id(), throttle);
        throttle.starting(instance.id());
        var _ = throttle.drain(instance.id());
      }
      case EXITED -> {
        byInstance.remove(instance.id());
        throttle.exited(instance, nanoTime.getAsLong()).ifPresent(gone);
      }
    }
  }

  /// Holds the revision's throttle while it is told something: an empty one is not thrown away
  /// between being found and being told. No lock of the map is held meanwhile, because the action
  /// calls out to waiters and to the autoscaler.
  private void with(RevisionId revision, Consumer<Throttle> action) {
    Throttle throttle =
        throttles.compute(
            revision,
            (key, present) -> {
              Throttle held =
                  present == null ? new Throttle(key, demand, nanoTime.getAsLong()) : present;
              held.hold();
              return held;
            });
    try {
      action.accept(throttle);
    } finally {
      throttles.computeIfPresent(revision, (key, present) -> throttle.letGo() ? null : present);
    }
  }
}

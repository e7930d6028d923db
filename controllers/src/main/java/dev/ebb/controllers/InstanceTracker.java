package dev.ebb.controllers;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Subscription;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Turns the stream of instance events into the present state of each revision, which
/// level-triggered reconcilers read. Thread-safe; reads never block.
final class InstanceTracker implements AutoCloseable {
  private final Instances instances;
  private final Map<RevisionId, RevisionInstances> revisions = new ConcurrentHashMap<>();
  private final List<Consumer<InstanceEvent>> listeners = new CopyOnWriteArrayList<>();
  private Subscription subscription = () -> {};

  InstanceTracker(Instances instances) {
    this.instances = instances;
  }

  /// Adds a listener that is called after the state has the event; it must not block.
  void onEvent(Consumer<InstanceEvent> listener) {
    listeners.add(listener);
  }

  synchronized void start() {
    subscription = instances.subscribe(this::apply);
  }

  RevisionInstances of(RevisionId revision) {
    return revisions.getOrDefault(revision, RevisionInstances.NONE);
  }

  Map<RevisionId, RevisionInstances> all() {
    return Map.copyOf(revisions);
  }

  /// Forgets the failure of a revision that is gone or that rests; its last instances are still
  /// tracked.
  ///
  /// @return what is known of it now
  RevisionInstances forgive(RevisionId revision) {
    RevisionInstances state =
        revisions.computeIfPresent(
            revision, (_, present) -> present.live().isEmpty() ? null : present.withoutFailure());
    return state == null ? RevisionInstances.NONE : state;
  }

  @Override
  public synchronized void close() {
    subscription.close();
  }

  private void apply(InstanceEvent event) {
    if (!concernsPod(event)) {
      revisions.merge(
          event.revision(), RevisionInstances.NONE.after(event), (state, _) -> state.after(event));
    }
    listeners.forEach(listener -> listener.accept(event));
  }

  /// A Pod may have the name of a revision.
  static boolean concernsPod(InstanceEvent event) {
    return event instanceof InstanceEvent.PhaseChanged(Instance instance)
        && PlainPodReconciler.isPod(instance.id());
  }
}

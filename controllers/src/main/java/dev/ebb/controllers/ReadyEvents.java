package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.StatusWriter.Written;

/// Events for changes of `Ready`, so that `describe` tells the story behind the present state.
final class ReadyEvents {
  private final EventRecorder events;

  ReadyEvents(EventRecorder events) {
    this.events = events;
  }

  /// `KINDReady`, or `KINDFailed` with the condition's message.
  void tell(Written written, String ready) {
    Condition before = Condition.ready(written.before());
    Condition after = Condition.ready(written.after());
    KubernetesObject object = written.after();
    String kind = object.groupVersionKind().kind();
    if (after.isTrue() && !before.isTrue()) {
      events.normal(object, kind + "Ready", ready);
    } else if (after.isFalse() && !after.equals(before)) {
      events.warning(object, kind + "Failed", after.message());
    }
  }

  /// As for others, but what happens to a revision that served before is told by its instances.
  void tellRevision(Written written) {
    if (!RevisionStatus.wasReady(written.before())) {
      tell(written, "It reached its initial scale and can serve.");
    }
    if (RevisionStatus.isAtZero(written.after()) && !RevisionStatus.isAtZero(written.before())) {
      events.normal(
          written.after(), "ScaledToZero", "No requests; the next one starts an instance.");
    }
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.StatusWriter.Written;

/// Events for changes of `Ready`, so that `describe` tells the story behind the present state.
final class ReadyEvents {
  private static final String LATEST_READY = "latestReadyRevisionName";

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

  /// What becomes of its Revisions, in Knative's words.
  void tellConfiguration(Written written) {
    KubernetesObject object = written.after();
    String readyBefore = written.before().status().path(LATEST_READY).asString("");
    String ready = object.status().path(LATEST_READY).asString("");
    if (!ready.isEmpty() && readyBefore.isEmpty()) {
      events.normal(object, "ConfigurationReady", "Configuration becomes ready");
    }
    if (!ready.isEmpty() && !ready.equals(readyBefore)) {
      events.normal(
          object,
          "LatestReadyUpdate",
          "LatestReadyRevisionName updated to \"%s\"".formatted(ready));
    }
    String created = object.status().path("latestCreatedRevisionName").asString("");
    Condition after = Condition.ready(object);
    if (after.isFalse() && !after.equals(Condition.ready(written.before())) && !created.isEmpty()) {
      boolean served = created.equals(ready);
      events.warning(
          object,
          served ? "LatestReadyFailed" : "LatestCreatedFailed",
          "Latest %s revision \"%s\" has failed".formatted(served ? "ready" : "created", created));
    }
  }

  /// As for others, but what happens to a revision that served before is told by its instances.
  void tellRevision(Written written) {
    if (!RevisionStatus.wasReady(written.before())) {
      tell(written, "Revision becomes ready upon all resources being ready");
    }
    if (RevisionStatus.isAtZero(written.after()) && !RevisionStatus.isAtZero(written.before())) {
      events.normal(
          written.after(), "ScaledToZero", "No requests; the next one starts an instance.");
    }
  }
}

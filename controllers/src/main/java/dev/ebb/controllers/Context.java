package dev.ebb.controllers;

import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.Resources;
import java.time.Instant;
import java.time.InstantSource;

/// What every reconciler works with.
record Context(
    Resources resources,
    Informers informers,
    Children children,
    StatusWriter statuses,
    EventRecorder events,
    InstantSource clock) {
  static final String FIELD_MANAGER = "ebb-controllers";

  Instant now() {
    return clock.instant();
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.StatusWriter;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/// What every reconciler works with.
record Context(
    Resources resources,
    Informers informers,
    Children children,
    StatusWriter statuses,
    EventRecorder events,
    InstantSource clock) {
  static final String FIELD_MANAGER = "ebb-controllers";

  /// For what is made again from the world when it is lost: not worth an fsync.
  static final WriteOptions MIRROR = WriteOptions.by(FIELD_MANAGER).withoutSync();

  /// The same, but writing what only shows the world.
  Context mirroring() {
    return new Context(
        resources,
        informers,
        new Children(resources, MIRROR),
        new StatusWriter(resources, MIRROR),
        events,
        clock);
  }

  /// Deletes this very object, if it is still there.
  void deleteMirrored(KindDefinition kind, KubernetesObject object) {
    try {
      resources.delete(
          kind,
          object.key(),
          new DeleteOptions(
              DeleteOptions.Propagation.BACKGROUND,
              Optional.of(object.uid()),
              Optional.empty(),
              false,
              true));
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  /// Who tells of it on a cluster, for those who look for that: `route-controller`.
  static String component(KubernetesObject about) {
    GroupVersionKind type = about.groupVersionKind();
    return type.apiVersion().equals(ServingKinds.API_VERSION)
        ? type.kind().toLowerCase(Locale.ROOT) + "-controller"
        : FIELD_MANAGER;
  }

  Instant now() {
    return clock.instant();
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Births;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.resources.ApiException;
import java.util.Locale;

/// Events of an owner for the children that are made for it, with the reasons and words of
/// Knative's controllers.
///
/// @param child what the owner calls it: `Configuration`, `placeholder service`
record CreationEvents(EventRecorder events, KubernetesObject owner, String child)
    implements Births {
  @Override
  public void made(KubernetesObject made) {
    events.normal(owner, "Created", "Created %s \"%s\"".formatted(child, made.name()));
  }

  @Override
  public void refused(KubernetesObject wanted, ApiException why) {
    events.warning(
        owner,
        "CreationFailed",
        "Failed to create %s \"%s\": %s".formatted(child, wanted.name(), why.getMessage()));
  }

  /// The name is another's, which stays as it is.
  static void notOwned(EventRecorder events, KubernetesObject owner, KubernetesObject other) {
    String kind = owner.groupVersionKind().kind();
    String what = other.groupVersionKind().kind();
    boolean core = other.groupVersionKind().apiVersion().equals("v1");
    events.warning(
        owner,
        "InternalError",
        "%s: \"%s\" does not own %s: \"%s\""
            .formatted(
                kind.toLowerCase(Locale.ROOT),
                owner.name(),
                core ? what : what.toLowerCase(Locale.ROOT),
                other.name()));
  }
}

package dev.ebb.controllers;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.ObjectKey;
import java.util.Optional;
import java.util.OptionalInt;

/// Where the requests for one mapped domain go.
///
/// @param mapping whose name is the domain
/// @param httpsPort where clients that come without TLS are told to come back with it
record DomainAssignment(ObjectKey mapping, Target target, OptionalInt httpsPort) {
  sealed interface Target {
    /// Wherever that Route's traffic goes at the moment, so a rollout needs no news of the mapping.
    record ToRoute(ObjectKey route) implements Target {}

    record ToRevision(RevisionId revision) implements Target {}
  }

  /// Empty where it leads to one Revision for good.
  Optional<ObjectKey> route() {
    return target instanceof Target.ToRoute(ObjectKey route)
        ? Optional.of(route)
        : Optional.empty();
  }

  String host() {
    return mapping.name();
  }
}

package dev.ebb.controllers;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.ObjectKey;

/// Where the requests for one mapped domain go.
///
/// @param mapping whose name is the domain
record DomainAssignment(ObjectKey mapping, Target target) {
  sealed interface Target {
    /// Wherever that Route's traffic goes at the moment, so a rollout needs no news of the mapping.
    record ToRoute(ObjectKey route) implements Target {}

    record ToRevision(RevisionId revision) implements Target {}
  }

  String host() {
    return mapping.name();
  }
}

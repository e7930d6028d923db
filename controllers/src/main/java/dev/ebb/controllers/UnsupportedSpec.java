package dev.ebb.controllers;

import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.controllers.podspecs.UnsupportedFields;
import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;

/// What a Revision may ask for that no node of Ebb can do. Pure.
///
/// To start an instance without the file, the neighbour or the user that it was promised would be a
/// lie that shows only in the program's behaviour, so such a Revision is stored, never started, and
/// says why. What only some nodes can do, those without containers refuse themselves.
final class UnsupportedSpec {
  private UnsupportedSpec() {}

  static Optional<Failure.Refused> of(KubernetesObject revision) {
    return UnsupportedFields.of(revision.spec())
        .map(refusal -> new Failure.Refused(refusal.reason(), refusal.message(), true));
  }
}

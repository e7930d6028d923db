package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import java.util.Optional;

/// Whose an object is.
final class Owners {
  private Owners() {}

  /// @return empty when no object of that kind controls it
  static Optional<ObjectKey> controller(KubernetesObject object, String kind) {
    return object
        .controller()
        .filter(owner -> owner.kind().equals(kind))
        .map(OwnerReference::name)
        .map(name -> new ObjectKey(object.namespace(), name));
  }
}

package dev.ebb.resources;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;

/// A last look at what a write is about to store, by whoever asked for it.
///
/// It is called in every attempt of a write with exactly the state that is replaced and the one
/// that replaces it, so nothing can come in between; of a dry run too.
@FunctionalInterface
public interface WriteCheck {
  /// Lets everything pass.
  WriteCheck NONE = (kind, before, after) -> {};

  /// @param before empty when the object is created, be it by a patch
  /// @throws ApiException to refuse the write
  void check(KindDefinition kind, Optional<KubernetesObject> before, KubernetesObject after);

  /// Both, this one first.
  default WriteCheck and(WriteCheck other) {
    return (kind, before, after) -> {
      check(kind, before, after);
      other.check(kind, before, after);
    };
  }
}

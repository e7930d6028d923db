package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;

/// A resource of which nothing is stored: another room makes its objects when they are asked for.
///
/// @param kind one that is computed ([KindDefinition#isComputed])
public record ComputedResource(KindDefinition kind, Source source) {
  public ComputedResource {
    if (!kind.isComputed()) {
      throw new IllegalArgumentException(kind.qualifiedPlural() + " is stored");
    }
  }

  /// Makes the objects. Thread-safe; may block.
  public interface Source {
    /// @throws dev.ebb.resources.ApiException 404
    KubernetesObject get(ObjectKey key);

    /// @throws dev.ebb.resources.ApiException 400 for a selector that cannot be read
    ObjectList list(ListQuery query);
  }

  boolean serves(ResourcePath path) {
    return kind.group().equals(path.group())
        && kind.type().version().equals(path.version())
        && kind.plural().equals(path.plural());
  }
}

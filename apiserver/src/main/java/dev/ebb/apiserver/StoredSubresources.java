package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.local.Scale;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The sub-resources that are parts of the stored object.
final class StoredSubresources {
  private StoredSubresources() {}

  /// @param word of the URL; empty for the object itself
  static Optional<Subresource> find(KindDefinition kind, String word) {
    if (!word.isEmpty() && !of(kind).containsKey(word)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (word) {
          case "status" -> Subresource.STATUS;
          case "scale" -> Subresource.SCALE;
          case "finalize" -> Subresource.FINALIZE;
          default -> Subresource.NONE;
        });
  }

  /// Those that a kind has, by name, with the type of their documents.
  static Map<String, GroupVersionKind> of(KindDefinition kind) {
    Map<String, GroupVersionKind> found = new LinkedHashMap<>();
    if (kind.qualifiedPlural().equals("namespaces")) {
      found.put("finalize", kind.type());
    }
    if (Scale.isServedBy(kind)) {
      found.put("scale", Scale.TYPE);
    }
    if (kind.statusSubresource()) {
      found.put("status", kind.type());
    }
    return found;
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The versions of a kind: one of them is stored, the others are views of it.
record Versions(KindRegistry kinds) {
  /// The kind of what lies under a key of the store, in its stored version. Empty for a kind that
  /// is not known any more.
  Optional<KindDefinition> kindAt(String key) {
    return kinds.stored(StoreKeys.group(key), StoreKeys.plural(key));
  }

  /// An object as one version shows it; the object itself where nothing is to be done.
  KubernetesObject view(KindDefinition kind, KubernetesObject stored) {
    return isOf(kind, stored.json())
        ? stored
        : stored.with(json -> {
          kind.version().conversion().fromStored(json);
          json.put("apiVersion", kind.type().apiVersion());
          bySchema(kind, json);
        });
  }

  /// What is stored of an object that was written in one version.
  ObjectNode stored(KindDefinition kind, ObjectNode json) {
    if (kind.isStored()) {
      return json;
    }
    ObjectNode copy = json.deepCopy();
    kind.version().conversion().toStored(copy);
    return copy.put("apiVersion", kind.version().apiVersion());
  }

  /// Brings what was stored in a version that was the stored one before into the present one, and
  /// an object of a user's kind into the form that its schema has now.
  void modernise(String key, ObjectNode json) {
    Optional<KindDefinition> kind = kindAt(key);
    if (kind.isPresent() && !isOf(kind.get(), json)) {
      kinds
          .byType(new KubernetesObject(json).groupVersionKind())
          .ifPresent(old -> old.version().conversion().toStored(json));
      json.put("apiVersion", kind.get().type().apiVersion());
    }
    kind.ifPresent(present -> bySchema(present, json));
  }

  /// As the API server of Kubernetes does with what it reads of custom resources.
  private static void bySchema(KindDefinition kind, ObjectNode json) {
    if (kind.isCustom()) {
      kind.schema().prune(json);
      kind.schema().applyDefaults(json);
    }
  }

  private static boolean isOf(KindDefinition kind, ObjectNode json) {
    return kind.type().isIn(json.path("apiVersion").asString(""));
  }
}

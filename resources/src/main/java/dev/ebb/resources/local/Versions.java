package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import java.util.ArrayList;
import java.util.List;
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
  ///
  /// @param key of the object in the store
  KubernetesObject view(KindDefinition kind, String key, KubernetesObject stored) {
    boolean same = kindAt(key).filter(present -> present.type().equals(kind.type())).isPresent();
    return same || isOf(kind, stored.json())
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

  /// Holds what a version without rules of its own would store against those of the stored one: an
  /// old version demands less, and what the stored one refuses could never be changed again.
  ///
  /// @param previous in the stored version
  /// @throws ApiException 422
  void requireStorable(KindDefinition kind, ObjectNode json, Optional<KubernetesObject> previous) {
    if (kind.isStored() || kind.isCustom() || !kind.rules().equals(KindRules.NONE)) {
      return;
    }
    kinds
        .stored(kind.version().group(), kind.plural())
        .ifPresent(target -> {
          ObjectNode next = stored(kind, json);
          next.withObject("/metadata").remove("managedFields"); // is kept in a form of its own
          target.schema().applyDefaults(next);
          target.rules().applyDefaults(next, previous);
          List<FieldError> errors = new ArrayList<>(target.schema().validate(next));
          if (errors.isEmpty()) {
            errors.addAll(target.rules().validate(new KubernetesObject(next), previous));
          }
          if (!errors.isEmpty()) {
            throw ApiException.invalid(kind, new KubernetesObject(next).name(), errors);
          }
        });
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

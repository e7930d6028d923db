package dev.ebb.resources;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The Kubernetes API as a Java interface: everybody who writes an object writes it through here,
/// and gets the same defaults, validation and conflicts.
///
/// Thread-safe; calls block. Every refusal is an [ApiException] and changes nothing.
public interface Resources {
  KindRegistry kinds();

  /// @throws ApiException 404
  default KubernetesObject get(KindDefinition kind, ObjectKey key) {
    return find(kind, key).orElseThrow(() -> ApiException.notFound(kind, key.name()));
  }

  /// A state that is not older than a resource version (empty and `0`: any).
  ///
  /// @throws ApiException 404, 504 for a version that does not exist yet
  default KubernetesObject get(KindDefinition kind, ObjectKey key, String resourceVersion) {
    if (!resourceVersion.isEmpty() && !resourceVersion.equals("0")) {
      // Of the listing only the check of the version counts.
      list(kind, new ListQuery("", "", "", 1, "", resourceVersion, "NotOlderThan"));
    }
    return get(kind, key);
  }

  Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key);

  /// @throws ApiException 400 for a bad selector, 410 for a continue token that is too old
  ObjectList list(KindDefinition kind, ListQuery query);

  /// Sets uid, creationTimestamp, generation and, from `generateName`, the name.
  ///
  /// @throws ApiException 409 AlreadyExists, 422 Invalid, 404 when the namespace is missing
  WriteResult create(KindDefinition kind, KubernetesObject object, WriteOptions options);

  /// Replaces the object. Without a resource version the newest is replaced.
  ///
  /// @throws ApiException 404, 409 Conflict, 422 Invalid
  WriteResult update(KindDefinition kind, KubernetesObject object, WriteOptions options);

  /// Applies a patch to the newest version, again and again while others write.
  ///
  /// @throws ApiException 404 (except for server-side apply, which creates), 409, 415, 422
  WriteResult patch(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options);

  /// @return the object as it was last; with finalizers it is still there, marked for deletion
  /// @throws ApiException 404, 409 for a failed precondition
  KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options);

  /// Deletes what the query finds, one by one; what goes meanwhile is passed over.
  ///
  /// @return the objects as they were last
  default ObjectList deleteCollection(KindDefinition kind, ListQuery query, DeleteOptions options) {
    ObjectList found = list(kind, query);
    List<KubernetesObject> deleted = new ArrayList<>();
    for (KubernetesObject object : found.items()) {
      try {
        deleted.add(delete(kind, object.key(), options));
      } catch (ApiException e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }
    return new ObjectList(
        deleted, found.resourceVersion(), found.continueToken(), found.remaining());
  }

  /// @throws ApiException 410 when the resource version is too old
  ObjectWatch watch(KindDefinition kind, WatchQuery query);
}

package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import java.util.List;

/// Whether a request fits its target at all.
final class Requests {
  private Requests() {}

  /// @throws ApiException 400
  static void requireType(GroupVersionKind type, KubernetesObject object) {
    GroupVersionKind found = object.groupVersionKind();
    if (!found.apiVersion().equals(type.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data (%s) does not match the expected API version (%s)"
              .formatted(found.apiVersion(), type.apiVersion()));
    }
    if (!found.kind().equals(type.kind())) {
      throw ApiException.badRequest(
          "the kind in the data (%s) does not match the expected kind (%s)"
              .formatted(found.kind(), type.kind()));
    }
  }

  /// @throws ApiException 400 without a namespace where one is needed, 422 with one where none is
  static void requireScope(KindDefinition kind, KubernetesObject object) {
    if (kind.namespaced() && object.namespace().isEmpty()) {
      throw ApiException.badRequest("an empty namespace may not be set during creation");
    }
    if (!kind.namespaced() && !object.namespace().isEmpty()) {
      throw ApiException.invalid(
          kind,
          object.name(),
          List.of(
              FieldError.forbidden("metadata.namespace", "Forbidden: not allowed on this type")));
    }
  }

  /// @throws ApiException 404 when the kind has no such subresource
  static void requireSubresource(KindDefinition kind, Subresource subresource) {
    boolean served =
        switch (subresource) {
          case NONE -> true;
          case STATUS -> kind.statusSubresource();
          case SCALE -> Scale.isServedBy(kind);
          case FINALIZE -> SystemKinds.isNamespace(kind);
        };
    if (!served) {
      throw ApiException.notServed(kind);
    }
  }

  /// @throws ApiException 400 for another name or namespace
  static void requireKey(ObjectKey key, KubernetesObject object) {
    if (!object.name().equals(key.name())) {
      throw ApiException.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(object.name(), key.name()));
    }
    if (!object.namespace().equals(key.namespace())) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  /// @throws ApiException 400 for another name, 409 for another uid or resource version
  static void requireSameObject(
      KindDefinition kind, KubernetesObject current, KubernetesObject incoming) {
    requireKey(current.key(), incoming);
    requireUid(kind, current, incoming.uid());
    String version = incoming.resourceVersion();
    if (!version.isEmpty() && !version.equals(current.resourceVersion())) {
      throw ApiException.conflict(kind, current.name());
    }
  }

  /// @throws ApiException 409
  static void requirePreconditions(
      KindDefinition kind, KubernetesObject current, DeleteOptions options) {
    String uid = options.uid().orElse("");
    if (!uid.isEmpty() && !uid.equals(current.uid())) {
      throw ApiException.deletionConflict(
          kind,
          current.name(),
          "the UID in the precondition (%s) does not match the UID in record (%s). The object might"
                  .formatted(uid, current.uid())
              + " have been deleted and then recreated");
    }
    String version = options.resourceVersion().orElse("");
    if (!version.isEmpty() && !version.equals(current.resourceVersion())) {
      throw ApiException.deletionConflict(
          kind,
          current.name(),
          "the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record"
                  .formatted(version)
              + " (%s). The object might have been modified".formatted(current.resourceVersion()));
    }
  }

  private static void requireUid(KindDefinition kind, KubernetesObject current, String uid) {
    if (!uid.isEmpty() && !uid.equals(current.uid())) {
      throw ApiException.preconditionFailed(
          kind,
          current.name(),
          "UID in precondition: %s, UID in object meta: %s".formatted(uid, current.uid()));
    }
  }
}

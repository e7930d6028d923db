package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.apply.ApplyException;
import dev.ebb.resources.apply.ManagedFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What an apply patch asks for, in terms of the model of managed fields.
final class ServerSideApply {
  private ServerSideApply() {}

  /// @throws ApiException 400 for what is no configuration of this object, 422 without a manager
  static ObjectNode configuration(
      KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    if (!(patch.body() instanceof ObjectNode body)) {
      throw ApiException.badRequest("an applied configuration must be an object");
    }
    if (options.subresource() != Subresource.NONE && options.subresource() != Subresource.STATUS) {
      throw ApiException.unsupportedMediaType("apply is not supported on this subresource");
    }
    if (options.fieldManager().isEmpty()) {
      throw new ApiException(
          new ApiStatus(
              422,
              "Invalid",
              "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required"
                  + " for apply patch",
              "meta.k8s.io",
              "PatchOptions",
              "",
              List.of(FieldError.required("fieldManager", "is required for apply patch"))));
    }
    KubernetesObject configuration = new KubernetesObject(body);
    Requests.requireType(kind.type(), configuration);
    if (!configuration.metadata().path("managedFields").isEmpty()) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    ObjectNode named = body.deepCopy();
    ObjectNode metadata = named.withObject("/metadata");
    if (configuration.name().isEmpty()) {
      metadata.put("name", key.name());
    }
    if (configuration.namespace().isEmpty() && kind.namespaced()) {
      metadata.put("namespace", key.namespace());
    }
    return named;
  }

  /// The object as it is after the apply, with its new `managedFields`.
  ///
  /// @throws ApiException 409 for conflicts
  static KubernetesObject merge(
      KindDefinition kind,
      Optional<KubernetesObject> current,
      ObjectNode configuration,
      WriteOptions options,
      String now) {
    ManagedFields.Outcome outcome;
    try {
      outcome =
          ManagedFields.apply(
              current.map(KubernetesObject::json).orElse(configuration),
              configuration,
              kind.schema().openApi(),
              writer(kind, options, now),
              options.force());
    } catch (ApplyException e) {
      throw ApiException.badRequest("failed to create typed patch object: " + e.problem());
    }
    return switch (outcome) {
      case ManagedFields.Outcome.Merged merged -> new KubernetesObject(merged.json());
      case ManagedFields.Outcome.Conflicts conflicts ->
          throw conflict(kind, new KubernetesObject(configuration).name(), conflicts.conflicts());
    };
  }

  static ManagedFields.Writer writer(KindDefinition kind, WriteOptions options, String now) {
    return new ManagedFields.Writer(
        options.fieldManager().isEmpty() ? "unknown" : options.fieldManager(),
        options.subresource() == Subresource.STATUS ? "status" : "",
        kind.statusSubresource(),
        kind.type().apiVersion(),
        now);
  }

  private static ApiException conflict(
      KindDefinition kind, String name, List<ManagedFields.Conflict> conflicts) {
    List<FieldError> causes = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (ManagedFields.Conflict conflict : conflicts) {
      String with = "with \"%s\" using %s".formatted(conflict.manager(), kind.type().apiVersion());
      for (String field : conflict.fields()) {
        causes.add(new FieldError("FieldManagerConflict", field, "conflict " + with));
      }
      lines.add(
          conflict.fields().size() == 1
              ? "conflict " + with + ": " + conflict.fields().getFirst()
              : "conflicts " + with + ":\n- " + String.join("\n- ", conflict.fields()));
    }
    String message =
        "Apply failed with %d conflict%s: %s"
            .formatted(causes.size(), causes.size() == 1 ? "" : "s", String.join("\n", lines));
    return new ApiException(
        new ApiStatus(409, "Conflict", message, kind.group(), kind.plural(), name, causes));
  }
}

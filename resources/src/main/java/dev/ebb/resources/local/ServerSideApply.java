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
import tools.jackson.databind.JsonNode;
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
    boolean scale = options.subresource() == Subresource.SCALE;
    if (options.subresource() == Subresource.FINALIZE
        || (scale && !Scale.replicasPath(kind).equals(".spec.replicas"))) {
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
    Requests.requireType(scale ? Scale.TYPE : kind.type(), configuration);
    JsonNode given = body.path("metadata");
    if (!given.isMissingNode() && !given.isObject()) {
      throw ApiException.badRequest(
          "failed to create typed patch object (%s/%s; %s, Kind=%s): .metadata: expected map"
              .formatted(
                  key.namespace(), key.name(), kind.type().apiVersion(), kind.type().kind()));
    }
    JsonNode record = given.path("managedFields");
    if (!record.isMissingNode() && !record.isNull()) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    ObjectNode named = scale ? replicas(kind, body) : body.deepCopy();
    ObjectNode metadata = named.withObject("/metadata");
    if (configuration.name().isEmpty()) {
      metadata.put("name", key.name());
    }
    if (configuration.namespace().isEmpty() && kind.namespaced()) {
      metadata.put("namespace", key.namespace());
    }
    return named;
  }

  /// What a Scale says, as a configuration of the object that it is a view of.
  private static ObjectNode replicas(KindDefinition kind, ObjectNode scale) {
    ObjectNode configuration = scale.objectNode();
    configuration.put("apiVersion", kind.type().apiVersion()).put("kind", kind.type().kind());
    if (scale.path("metadata") instanceof ObjectNode metadata) {
      configuration.set("metadata", metadata.deepCopy().retain("name", "namespace"));
    }
    JsonNode replicas = scale.path("spec").path("replicas");
    if (!replicas.isMissingNode()) {
      configuration.putObject("spec").set("replicas", replicas);
    }
    return configuration;
  }

  /// The Scale after the apply, with the `managedFields` of the object that it is a view of.
  ///
  /// @throws ApiException 409 for conflicts
  static KubernetesObject mergeScale(
      KindDefinition kind,
      KubernetesObject current,
      ObjectNode configuration,
      WriteOptions options,
      String now) {
    KubernetesObject merged = merge(kind, Optional.of(current), configuration, options, now);
    return Scale.view(kind, merged)
        .with(json ->
            json.withObject("/metadata")
                .set("managedFields", merged.metadata().path("managedFields")));
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
      case ManagedFields.Outcome.Conflicts conflicts -> throw conflict(conflicts.conflicts());
    };
  }

  static ManagedFields.Writer writer(KindDefinition kind, WriteOptions options, String now) {
    return new ManagedFields.Writer(
        options.fieldManager().isEmpty() ? "unknown" : options.fieldManager(),
        switch (options.subresource()) {
          case STATUS -> "status";
          case SCALE -> "scale";
          case NONE, FINALIZE -> "";
        },
        kind.statusSubresource(),
        kind.type().apiVersion(),
        now);
  }

  private static ApiException conflict(List<ManagedFields.Conflict> conflicts) {
    List<FieldError> causes = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (ManagedFields.Conflict conflict : conflicts) {
      String with = "with " + conflict.manager();
      lines.add("conflicts " + with + ":");
      for (String field : conflict.fields()) {
        causes.add(new FieldError("FieldManagerConflict", field, "conflict " + with));
        lines.add("- " + field);
      }
    }
    String message =
        causes.size() == 1
            ? "Apply failed with 1 conflict: %s: %s"
                .formatted(causes.getFirst().message(), causes.getFirst().field())
            : "Apply failed with %d conflicts: %s"
                .formatted(causes.size(), String.join("\n", lines));
    return new ApiException(new ApiStatus(409, "Conflict", message, "", "", "", causes));
  }
}

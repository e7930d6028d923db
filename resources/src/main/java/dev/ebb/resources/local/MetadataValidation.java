package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.selector.LabelSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of `metadata` that hold for every kind (apimachinery, `ValidateObjectMeta`).
final class MetadataValidation {
  /// Kubernetes's bound on keys and values of all annotations together.
  private static final int MAX_ANNOTATION_BYTES = 256 * 1024;

  private MetadataValidation() {}

  static List<FieldError> validate(KindDefinition kind, ObjectNode json) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode metadata = json.path("metadata");
    name(kind, metadata.path("name").asString("")).ifPresent(errors::add);
    labels(metadata.path("labels"), errors);
    annotations(metadata.path("annotations"), errors);
    finalizers(metadata.path("finalizers"), errors);
    owners(metadata.path("ownerReferences"), errors);
    return errors;
  }

  private static Optional<FieldError> name(KindDefinition kind, String name) {
    if (name.isEmpty()) {
      return Optional.of(
          FieldError.required("metadata.name", "Required value: name or generateName is required"));
    }
    Optional<String> problem =
        SystemKinds.isNamespace(kind)
            ? ObjectNames.labelProblem(name)
            : ObjectNames.subdomainProblem(name);
    return problem.map(text -> invalid("metadata.name", name, text));
  }

  private static void labels(JsonNode labels, List<FieldError> errors) {
    for (Map.Entry<String, JsonNode> label : strings("metadata.labels", labels, errors)) {
      LabelSyntax.keyProblem(label.getKey())
          .ifPresent(text -> errors.add(invalid("metadata.labels", label.getKey(), text)));
      String value = label.getValue().asString();
      LabelSyntax.valueProblem(value)
          .ifPresent(text -> errors.add(invalid("metadata.labels", value, text)));
    }
  }

  private static void annotations(JsonNode annotations, List<FieldError> errors) {
    long size = 0;
    for (Map.Entry<String, JsonNode> each : strings("metadata.annotations", annotations, errors)) {
      size += each.getKey().length() + each.getValue().asString().length();
      // The prefix may have capitals here, unlike in a label.
      LabelSyntax.keyProblem(each.getKey().toLowerCase(java.util.Locale.ROOT))
          .ifPresent(text -> errors.add(invalid("metadata.annotations", each.getKey(), text)));
    }
    if (size > MAX_ANNOTATION_BYTES) {
      errors.add(
          new FieldError(
              "FieldValueTooLong",
              "metadata.annotations",
              "Too long: may not be more than %d bytes".formatted(MAX_ANNOTATION_BYTES)));
    }
  }

  private static List<Map.Entry<String, JsonNode>> strings(
      String field, JsonNode map, List<FieldError> errors) {
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>();
    if (!map.isMissingNode() && !map.isNull() && !map.isObject()) {
      errors.add(typeInvalid(field, "must be of type object"));
    }
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (entry.getValue().isString()) {
        entries.add(entry);
      } else {
        errors.add(typeInvalid(field + "." + entry.getKey(), "must be of type string"));
      }
    }
    return entries;
  }

  private static void finalizers(JsonNode finalizers, List<FieldError> errors) {
    int index = 0;
    for (JsonNode finalizer : finalizers) {
      String field = "metadata.finalizers[" + index++ + "]";
      String name = finalizer.asString("");
      LabelSyntax.keyProblem(name).ifPresent(text -> errors.add(invalid(field, name, text)));
    }
  }

  private static void owners(JsonNode owners, List<FieldError> errors) {
    int index = 0;
    int controllers = 0;
    for (JsonNode owner : owners) {
      String field = "metadata.ownerReferences[" + index++ + "]";
      for (String part : List.of("apiVersion", "kind", "name", "uid")) {
        if (owner.path(part).asString("").isEmpty()) {
          errors.add(FieldError.required(field + "." + part, "Required value: must not be empty"));
        }
      }
      controllers += owner.path("controller").asBoolean(false) ? 1 : 0;
    }
    if (controllers > 1) {
      errors.add(
          FieldError.invalid(
              "metadata.ownerReferences",
              "Invalid value: only one reference can have Controller set to true"));
    }
  }

  private static FieldError invalid(String field, String value, String text) {
    return FieldError.invalid(field, "Invalid value: \"%s\": %s".formatted(value, text));
  }

  private static FieldError typeInvalid(String field, String text) {
    return new FieldError("FieldValueTypeInvalid", field, "Invalid value: " + text);
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What Secrets and ConfigMaps have in common: keys that can be names of files, a limit of size,
/// and data that may be frozen.
final class DataRules {
  /// All values of one object, as Kubernetes limits them.
  private static final int MAX_BYTES = 1024 * 1024;

  private DataRules() {}

  static List<FieldError> validate(
      KubernetesObject object, Optional<KubernetesObject> previous, String... dataFields) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1123Subdomain));
    long bytes = 0;
    for (String field : dataFields) {
      for (var entry : object.json().path(field).properties()) {
        Names.dataKey(entry.getKey())
            .ifPresent(
                wrong -> errors.add(FieldError.invalid(field, entry.getKey(), "key " + wrong)));
        bytes += entry.getValue().asString("").length();
      }
    }
    if (bytes > MAX_BYTES) {
      errors.add(
          new FieldError(
              "FieldValueTooLong",
              "data",
              "Too long: may not be more than %d bytes".formatted(MAX_BYTES)));
    }
    previous.ifPresent(before -> errors.addAll(immutable(object, before, dataFields)));
    return errors;
  }

  static List<FieldError> base64(KubernetesObject object, String field) {
    List<FieldError> errors = new ArrayList<>();
    for (var entry : object.json().path(field).properties()) {
      try {
        Base64.getDecoder().decode(entry.getValue().asString(""));
      } catch (IllegalArgumentException notBase64) {
        errors.add(
            FieldError.invalid(
                field + "[" + entry.getKey() + "]", "Invalid value: must be base64"));
      }
    }
    return errors;
  }

  private static List<FieldError> immutable(
      KubernetesObject object, KubernetesObject before, String... dataFields) {
    if (!before.json().path("immutable").asBoolean(false)) {
      return List.of();
    }
    List<FieldError> errors = new ArrayList<>();
    String why = "field is immutable when `immutable` is set";
    if (!object.json().path("immutable").asBoolean(false)) {
      errors.add(FieldError.forbidden("immutable", "Forbidden: " + why));
    }
    for (String field : dataFields) {
      JsonNode now = object.json().path(field);
      if (!now.equals(before.json().path(field))) {
        errors.add(FieldError.forbidden(field, "Forbidden: " + why));
      }
    }
    return errors;
  }
}

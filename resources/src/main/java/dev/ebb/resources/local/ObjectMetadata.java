package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which fields of `metadata` are the user's, and which the system's.
final class ObjectMetadata {
  /// A name may have 63 characters where it becomes a label, and the suffix takes five of them.
  private static final int MAX_GENERATE_NAME = 58;

  private static final List<String> NEVER_STORED =
      List.of("resourceVersion", "selfLink", "managedFields");
  private static final List<String> SYSTEM_FIELDS =
      List.of(
          "uid",
          "creationTimestamp",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private ObjectMetadata() {}

  /// The metadata of an object that a user sent, without nulls and without what is never stored.
  static ObjectNode ofUser(ObjectNode json) {
    JsonNode node = json.path("metadata");
    ObjectNode metadata = node instanceof ObjectNode object ? object : json.putObject("metadata");
    metadata.remove(NEVER_STORED);
    metadata.removeIf(JsonNode::isNull);
    return metadata;
  }

  static String generatedName(String base, String suffix) {
    return base.substring(0, Math.min(base.length(), MAX_GENERATE_NAME)) + suffix;
  }

  /// Takes over what a user cannot change.
  static void keepSystemFields(ObjectNode metadata, KubernetesObject current) {
    for (String field : SYSTEM_FIELDS) {
      JsonNode value = current.metadata().path(field);
      if (value.isMissingNode()) {
        metadata.remove(field);
      } else {
        metadata.set(field, value.deepCopy());
      }
    }
  }

  static List<FieldError> validateUpdate(ObjectNode json, KubernetesObject before) {
    if (before.deletionTimestamp().isEmpty()) {
      return List.of();
    }
    List<String> added = new ArrayList<>(new KubernetesObject(json).finalizers());
    added.removeAll(before.finalizers());
    return added.isEmpty()
        ? List.of()
        : List.of(
            FieldError.forbidden(
                "metadata.finalizers",
                "Forbidden: no new finalizers can be added if the object is being deleted, found"
                    + " new finalizers "
                    + added));
  }
}

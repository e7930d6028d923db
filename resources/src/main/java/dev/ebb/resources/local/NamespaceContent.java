package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is left in a namespace that is being emptied, and the conditions that tell it, in the words
/// of Kubernetes's namespace controller.
///
/// @param objects how many there are still, by resource: `widgets.example.dev`
/// @param finalizers on how many objects each finalizer stands
/// @param failures what kept objects from being deleted
record NamespaceContent(
    Map<String, Integer> objects, Map<String, Integer> finalizers, List<String> failures) {
  NamespaceContent() {
    this(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
  }

  void left(KindDefinition kind, List<KubernetesObject> items) {
    if (!items.isEmpty()) {
      objects.merge(kind.plural() + "." + kind.group(), items.size(), Integer::sum);
    }
    for (KubernetesObject item : items) {
      item.finalizers().forEach(finalizer -> finalizers.merge(finalizer, 1, Integer::sum));
    }
  }

  boolean isEmpty() {
    return objects.isEmpty() && failures.isEmpty();
  }

  /// @param now for conditions that say something new
  KubernetesObject told(KubernetesObject namespace, String now) {
    return namespace.with(json -> {
      ObjectNode status = json.withObject("/status");
      JsonNode before = status.path("conditions").deepCopy();
      ArrayNode conditions = status.putArray("conditions");
      add(
          conditions,
          before,
          now,
          "NamespaceDeletionDiscoveryFailure",
          false,
          "ResourcesDiscovered",
          "All resources successfully discovered");
      add(
          conditions,
          before,
          now,
          "NamespaceDeletionGroupVersionParsingFailure",
          false,
          "ParsedGroupVersions",
          "All legacy kube types successfully parsed");
      add(
          conditions,
          before,
          now,
          "NamespaceDeletionContentFailure",
          !failures.isEmpty(),
          failures.isEmpty() ? "ContentDeleted" : "ContentDeletionFailed",
          failures.isEmpty()
              ? "All content successfully deleted, may be waiting on finalization"
              : "Failed to delete all resource types, %d remaining: %s"
                  .formatted(failures.size(), String.join(", ", failures)));
      add(
          conditions,
          before,
          now,
          "NamespaceContentRemaining",
          !objects.isEmpty(),
          objects.isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
          objects.isEmpty()
              ? "All content successfully removed"
              : "Some resources are remaining: "
                  + counted(objects, "%s has %d resource instances"));
      add(
          conditions,
          before,
          now,
          "NamespaceFinalizersRemaining",
          !finalizers.isEmpty(),
          finalizers.isEmpty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
          finalizers.isEmpty()
              ? "All content-preserving finalizers finished"
              : "Some content in the namespace has finalizers remaining: "
                  + counted(finalizers, "%s in %d resource instances"));
    });
  }

  private static String counted(Map<String, Integer> counts, String format) {
    return counts.entrySet().stream()
        .map(entry -> format.formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static void add(
      ArrayNode conditions,
      JsonNode before,
      String now,
      String type,
      boolean is,
      String reason,
      String message) {
    String status = is ? "True" : "False";
    String since =
        before
            .valueStream()
            .filter(condition -> condition.path("type").asString("").equals(type))
            .filter(condition -> condition.path("status").asString("").equals(status))
            .map(condition -> condition.path("lastTransitionTime").asString(now))
            .findFirst()
            .orElse(now);
    conditions
        .addObject()
        .put("type", type)
        .put("status", status)
        .put("lastTransitionTime", since)
        .put("reason", reason)
        .put("message", message);
  }
}

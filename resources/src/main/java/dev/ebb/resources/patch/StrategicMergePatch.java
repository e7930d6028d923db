package dev.ebb.resources.patch;

import dev.ebb.resources.patch.Directives.MapAction;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Kubernetes's strategic merge patch: a merge patch in which the schema says of each list whether
/// it is replaced as a whole, merged as a set, or merged item by item along a key, and directives
/// (`$patch`, `$retainKeys`, `$setElementOrder/LIST`, `$deleteFromPrimitiveList/LIST`) say the
/// rest.
///
/// Source: the document "Strategic Merge Patch" in kubernetes/community (contributors/devel), and,
/// for the order of items, apimachinery's `strategicpatch`. The schema's words are
/// `x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key`.
public final class StrategicMergePatch {
  private StrategicMergePatch() {}

  /// @param schema the OpenAPI schema of the target
  /// @return the patched tree; no argument is modified
  /// @throws PatchException for a directive that cannot be followed
  public static ObjectNode apply(ObjectNode target, ObjectNode patch, JsonNode schema) {
    return mergeMap(target.deepCopy(), patch, schema);
  }

  /// Modifies and returns the target.
  static ObjectNode mergeMap(ObjectNode target, ObjectNode patch, JsonNode schema) {
    MapAction action = Directives.action(patch);
    if (action == MapAction.DELETE) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (action == MapAction.REPLACE) {
      return Directives.strip(patch);
    }
    Directives.retainKeys(target, patch);
    Directives.deleteFromPrimitiveLists(target, patch);
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      if (!Directives.isDirective(name)) {
        JsonNode child = child(schema, name);
        ArrayNode order = Directives.elementOrder(patch, name);
        mergeField(target, name, field.getValue(), child, order);
      }
    }
    orderUnpatchedLists(target, patch, schema);
    return target;
  }

  private static void mergeField(
      ObjectNode target, String name, JsonNode value, JsonNode schema, ArrayNode order) {
    JsonNode present = target.path(name);
    if (value.isNull()) {
      target.remove(name);
    } else if (value instanceof ObjectNode patch) {
      target.set(
          name,
          present instanceof ObjectNode object
              ? mergeMap(object, patch, schema)
              : Directives.strip(patch));
    } else if (value instanceof ArrayNode patch && isMerged(schema)) {
      ArrayNode list = present instanceof ArrayNode array ? array : patch.arrayNode();
      target.set(name, new ListMerge(name, schema).merge(list, patch, order));
    } else {
      target.set(name, value.deepCopy());
    }
  }

  /// A `$setElementOrder` alone sorts a list to which the patch changes nothing else.
  private static void orderUnpatchedLists(ObjectNode target, ObjectNode patch, JsonNode schema) {
    for (String name : Directives.orderedLists(patch)) {
      JsonNode child = child(schema, name);
      if (!patch.has(name) && isMerged(child) && target.path(name) instanceof ArrayNode list) {
        ArrayNode order = Directives.elementOrder(patch, name);
        target.set(name, new ListMerge(name, child).merge(list, list.arrayNode(), order));
      }
    }
  }

  /// `merge`, or `merge,retainKeys` as the volumes of a Pod have it.
  private static boolean isMerged(JsonNode schema) {
    return schema.path("x-kubernetes-patch-strategy").asString("").contains("merge");
  }

  private static JsonNode child(JsonNode schema, String field) {
    JsonNode property = schema.path("properties").path(field);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }
}

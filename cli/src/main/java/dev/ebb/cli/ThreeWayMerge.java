package dev.ebb.cli;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The merge patch (RFC 7396) of a client-side apply: what the user now wants is set, what an
/// earlier apply set and this one no longer has is removed, what others set stays. Pure.
///
/// Source: Kubernetes documentation, "Declarative Management of Kubernetes Objects Using
/// Configuration Files", section "Merge patch calculation".
final class ThreeWayMerge {
  private ThreeWayMerge() {}

  /// @param lastApplied what the apply before wanted; an empty object when there was none
  /// @param current the object as the server has it
  /// @return an empty object when nothing changes
  static ObjectNode patch(JsonNode lastApplied, JsonNode wanted, JsonNode current) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
      String field = entry.getKey();
      JsonNode want = entry.getValue();
      JsonNode have = current.path(field);
      if (want.isObject() && have.isObject()) {
        ObjectNode nested = patch(lastApplied.path(field), want, have);
        if (!nested.isEmpty()) {
          patch.set(field, nested);
        }
      } else if (!want.equals(have)) {
        patch.set(field, want);
      }
    }
    for (Map.Entry<String, JsonNode> entry : lastApplied.properties()) {
      if (!wanted.has(entry.getKey()) && current.has(entry.getKey())) {
        patch.putNull(entry.getKey());
      }
    }
    return patch;
  }
}

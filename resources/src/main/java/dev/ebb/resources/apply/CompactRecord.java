package dev.ebb.resources.apply;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.POJONode;
import tools.jackson.databind.util.RawValue;

/// `managedFields` as an object in memory carries it: its JSON in one string.
///
/// As a tree each field that somebody owns would be a map of its own, some 200 bytes; as text it
/// has a tenth of that, is copied with an object for nothing, and is parsed only when somebody
/// applies or patches. It is written out as the JSON that it is.
public final class CompactRecord {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private CompactRecord() {}

  /// @param managedFields a tree, or what this returned
  public static JsonNode compact(JsonNode managedFields) {
    return managedFields.isArray()
        ? JsonNodeFactory.instance.rawValueNode(new RawValue(managedFields.toString()))
        : managedFields;
  }

  /// The tree; what is none of ours is returned as it is.
  public static JsonNode expand(JsonNode managedFields) {
    return managedFields instanceof POJONode node && node.getPojo() instanceof RawValue raw
        ? MAPPER.readTree(String.valueOf(raw.rawValue()))
        : managedFields;
  }
}

package dev.ebb.resources.apply;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One entry of `metadata.managedFields`: what somebody owns by one way of writing.
///
/// @param operation `Apply` or `Update`
/// @param subresource empty for the object itself
/// @param time of the last change of the set, RFC 3339
record Manager(
    String name,
    String operation,
    String subresource,
    String apiVersion,
    String time,
    FieldSet fields) {
  static final String APPLY = "Apply";
  static final String UPDATE = "Update";

  boolean isSameAs(Manager other) {
    return name.equals(other.name)
        && operation.equals(other.operation)
        && subresource.equals(other.subresource);
  }

  /// At a time only if that changes something, so that an idle writer makes no new version.
  Manager with(FieldSet other, String now) {
    return other.equals(fields)
        ? this
        : new Manager(name, operation, subresource, apiVersion, now, other);
  }

  static List<Manager> read(JsonNode managedFields) {
    List<Manager> managers = new ArrayList<>();
    for (JsonNode entry : managedFields) {
      if (entry.path("fieldsV1").isObject()) {
        managers.add(
            new Manager(
                entry.path("manager").asString(""),
                entry.path("operation").asString(""),
                entry.path("subresource").asString(""),
                entry.path("apiVersion").asString(""),
                entry.path("time").asString(""),
                FieldSet.read(entry.path("fieldsV1"))));
      }
    }
    return managers;
  }

  /// Without those who own nothing any more.
  static ArrayNode write(List<Manager> managers) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (Manager manager : managers) {
      if (!manager.fields.isEmpty()) {
        ObjectNode entry = entries.addObject();
        entry.put("manager", manager.name).put("operation", manager.operation);
        entry.put("apiVersion", manager.apiVersion).put("time", manager.time);
        entry.put("fieldsType", "FieldsV1").set("fieldsV1", manager.fields.write());
        if (!manager.subresource.isEmpty()) {
          entry.put("subresource", manager.subresource);
        }
      }
    }
    return entries;
  }
}

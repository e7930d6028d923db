package dev.ebb.resources.apply;

import java.util.ArrayList;
import java.util.Comparator;
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

  /// Who applies keeps what they own in another version of the API, who updates does not.
  boolean isSameAs(Manager other) {
    return name.equals(other.name)
        && operation.equals(other.operation)
        && subresource.equals(other.subresource)
        && (operation.equals(APPLY) || apiVersion.equals(other.apiVersion));
  }

  /// As messages name them.
  String described() {
    return "\""
        + name
        + "\""
        + (subresource.isEmpty() ? "" : " with subresource \"" + subresource + "\"")
        + (operation.equals(UPDATE) ? " using " + apiVersion : "");
  }

  /// At a time only if that changes something, so that an idle writer makes no new version.
  Manager with(FieldSet other, String now) {
    return other.equals(fields)
        ? this
        : new Manager(name, operation, subresource, apiVersion, now, other);
  }

  /// @return empty for a record that cannot be read, for then nothing is known of its fields
  static List<Manager> read(JsonNode managedFields) {
    List<Manager> managers = new ArrayList<>();
    for (JsonNode entry : CompactRecord.expand(managedFields)) {
      String operation = entry.path("operation").asString("");
      boolean readable =
          (operation.equals(APPLY) || operation.equals(UPDATE))
              && !entry.path("apiVersion").asString("").isEmpty()
              && entry.path("fieldsType").asString("").equals("FieldsV1")
              && FieldSet.isReadable(entry.path("fieldsV1"));
      if (!readable) {
        return new ArrayList<>();
      }
      managers.add(
          new Manager(
              entry.path("manager").asString(""),
              operation,
              entry.path("subresource").asString(""),
              entry.path("apiVersion").asString(""),
              entry.path("time").asString(""),
              FieldSet.read(entry.path("fieldsV1"))));
    }
    return managers;
  }

  private static final Comparator<Manager> ORDER =
      Comparator.comparing(Manager::operation)
          .thenComparing(Manager::time)
          .thenComparing(Manager::name)
          .thenComparing(Manager::apiVersion)
          .thenComparing(Manager::subresource);

  /// Compact, in Kubernetes's order, without those who own nothing any more.
  static JsonNode write(List<Manager> managers) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (Manager manager : managers.stream().sorted(ORDER).toList()) {
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
    return CompactRecord.compact(entries);
  }
}

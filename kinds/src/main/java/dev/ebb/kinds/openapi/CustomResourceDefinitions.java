package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.SchemaWords;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A kind as an `apiextensions.k8s.io/v1` CustomResourceDefinition, for a cluster that is to know
/// it. Pure.
public final class CustomResourceDefinitions {
  /// Words that only Kubernetes's own kinds may have.
  private static final String PATCH_WORDS = "x-kubernetes-patch-";

  private CustomResourceDefinitions() {}

  public static ObjectNode of(KindDefinition kind) {
    ObjectNode definition = JsonNodeFactory.instance.objectNode();
    definition.put("apiVersion", "apiextensions.k8s.io/v1");
    definition.put("kind", "CustomResourceDefinition");
    definition.putObject("metadata").put("name", kind.qualifiedPlural());
    ObjectNode spec = definition.putObject("spec");
    spec.put("group", kind.group());
    ObjectNode names = spec.putObject("names");
    names.put("kind", kind.type().kind()).put("listKind", kind.type().kind() + "List");
    names.put("plural", kind.plural()).put("singular", kind.singular());
    addAll(names, "shortNames", kind.shortNames());
    addAll(names, "categories", kind.categories());
    spec.put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
    ObjectNode version = spec.putArray("versions").addObject();
    version.put("name", kind.type().version()).put("served", true).put("storage", true);
    if (kind.statusSubresource()) {
      version.putObject("subresources").putObject("status");
    }
    columns(version, kind.printerColumns());
    version.putObject("schema").set("openAPIV3Schema", schema(kind.schema().openApi()));
    return definition;
  }

  private static void addAll(ObjectNode object, String field, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(object.putArray(field)::add);
    }
  }

  private static void columns(ObjectNode version, List<PrinterColumn> columns) {
    ArrayNode array = version.putArray("additionalPrinterColumns");
    for (PrinterColumn column : columns) {
      // A cluster can only show what a path can say.
      if (!column.jsonPath().isEmpty()) {
        ObjectNode node = array.addObject();
        node.put("name", column.name()).put("type", column.type());
        node.put("jsonPath", column.jsonPath());
        if (column.priority() > 0) {
          node.put("priority", column.priority());
        }
      }
    }
  }

  /// The cluster itself says what metadata is, and refuses to be told.
  private static ObjectNode schema(JsonNode openApi) {
    ObjectNode schema = (ObjectNode) strip(openApi);
    ((ObjectNode) schema.path("properties"))
        .set("metadata", JsonNodeFactory.instance.objectNode().put("type", "object"));
    return schema;
  }

  private static JsonNode strip(JsonNode node) {
    if (!node.isObject()) {
      return node;
    }
    ObjectNode stripped = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getKey().startsWith(PATCH_WORDS)
          && !entry.getKey().startsWith(SchemaWords.PREFIX)) {
        stripped.set(entry.getKey(), strip(entry.getValue()));
      }
    }
    return stripped;
  }
}

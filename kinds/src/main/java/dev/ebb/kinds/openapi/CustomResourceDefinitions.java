package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.SchemaWords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Kinds as `apiextensions.k8s.io/v1` CustomResourceDefinitions, for a cluster that is to know
/// them. Pure.
public final class CustomResourceDefinitions {
  /// Words that only Kubernetes's own kinds may have.
  private static final String PATCH_WORDS = "x-kubernetes-patch-";

  private static final Set<String> LIST_WORDS =
      Set.of("x-kubernetes-list-type", "x-kubernetes-list-map-keys");

  private CustomResourceDefinitions() {}

  /// A definition for each of the kinds that Kubernetes itself does not have.
  public static List<ObjectNode> ofAll(Collection<KindDefinition> kinds) {
    Map<String, List<KindDefinition>> resources = new LinkedHashMap<>();
    for (KindDefinition kind : kinds) {
      if (kind.group().indexOf('.') > 0 && !kind.group().endsWith(".k8s.io")) {
        resources.computeIfAbsent(kind.qualifiedPlural(), name -> new ArrayList<>()).add(kind);
      }
    }
    return resources.values().stream().map(CustomResourceDefinitions::of).toList();
  }

  public static ObjectNode of(KindDefinition kind) {
    return of(List.of(kind));
  }

  /// @param versions of one resource
  private static ObjectNode of(List<KindDefinition> versions) {
    KindDefinition kind = versions.getFirst();
    ObjectNode definition = JsonNodeFactory.instance.objectNode();
    definition.put("apiVersion", "apiextensions.k8s.io/v1");
    definition.put("kind", "CustomResourceDefinition");
    ObjectNode metadata = definition.putObject("metadata").put("name", kind.qualifiedPlural());
    DefinitionLabels.of(kind).forEach(metadata.putObject("labels")::put);
    ObjectNode spec = definition.putObject("spec");
    spec.put("group", kind.group());
    ObjectNode names = spec.putObject("names");
    names.put("kind", kind.type().kind()).put("listKind", kind.listKind());
    names.put("plural", kind.plural()).put("singular", kind.singular());
    addAll(names, "shortNames", kind.shortNames());
    addAll(names, "categories", kind.categories());
    spec.put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
    ArrayNode list = spec.putArray("versions");
    versions.forEach(each -> version(list.addObject(), each));
    return definition;
  }

  private static void version(ObjectNode version, KindDefinition kind) {
    version.put("name", kind.type().version()).put("served", true).put("storage", kind.isStored());
    if (kind.statusSubresource()) {
      version.putObject("subresources").putObject("status");
    }
    columns(version, kind.printerColumns());
    version.putObject("schema").set("openAPIV3Schema", schema(kind.schema().openApi()));
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
    ObjectNode schema = (ObjectNode) written(openApi);
    ((ObjectNode) schema.path("properties"))
        .set("metadata", JsonNodeFactory.instance.objectNode().put("type", "object"));
    return schema;
  }

  private static JsonNode written(JsonNode node) {
    if (!node.isObject()) {
      return node;
    }
    boolean keyed = hasSoundKeys(node);
    ObjectNode written = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String word = entry.getKey();
      if (word.equals("oneOf") && isScalars(entry.getValue())) {
        // An amount: structural schemas know no other choice of types than this.
        ArrayNode anyOf = written.putArray("anyOf");
        anyOf.addObject().put("type", "integer");
        anyOf.addObject().put("type", "string");
        written.put("x-kubernetes-int-or-string", true);
      } else if (!word.startsWith(PATCH_WORDS)
          && !word.startsWith(SchemaWords.PREFIX)
          && (keyed || !LIST_WORDS.contains(word))) {
        written.set(word, written(entry.getValue()));
      }
    }
    return written;
  }

  private static boolean isScalars(JsonNode oneOf) {
    return oneOf.isArray()
        && !oneOf.isEmpty()
        && oneOf.valueStream().allMatch(each -> each.size() == 1 && each.has("type"));
  }

  /// Kubernetes's own kinds may know items by fields that can be absent; others may not, and a set
  /// has no objects.
  private static boolean hasSoundKeys(JsonNode list) {
    JsonNode items = list.path("items");
    if (list.path("x-kubernetes-list-type").asString("").equals("set")) {
      return !items.path("type").asString("").equals("object");
    }
    Set<String> required = new HashSet<>();
    items.path("required").forEach(name -> required.add(name.asString("")));
    for (JsonNode key : list.path("x-kubernetes-list-map-keys")) {
      String name = key.asString("");
      if (!required.contains(name) && !items.path("properties").path(name).has("default")) {
        return false;
      }
    }
    return true;
  }
}

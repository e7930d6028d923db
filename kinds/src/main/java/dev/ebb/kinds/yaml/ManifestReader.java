package dev.ebb.kinds.yaml;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the objects of a manifest: the documents of a YAML file, or JSON. Empty documents are
/// passed over, the items of a `List` count one by one. Pure.
public final class ManifestReader {
  private ManifestReader() {}

  /// @throws ManifestException with line and column, when the text is no YAML, or a document is no
  ///   object with `apiVersion` and `kind`
  public static List<KubernetesObject> read(String text) {
    List<KubernetesObject> objects = new ArrayList<>();
    for (YamlTree.Document document : YamlReader.documents(text)) {
      if (!document.root().isNull()) {
        add(document, document.root(), objects);
      }
    }
    return objects;
  }

  private static void add(
      YamlTree.Document document, JsonNode node, List<KubernetesObject> objects) {
    if (!(node instanceof ObjectNode object)) {
      throw bad(document, "expected an object with apiVersion and kind");
    }
    for (String field : List.of("apiVersion", "kind")) {
      if (!object.path(field).isString() || object.path(field).asString().isEmpty()) {
        throw bad(document, field + " is not set");
      }
    }
    boolean list = object.path("kind").asString().endsWith("List");
    if (list && object.path("items").isArray()) {
      object.path("items").forEach(item -> add(document, item, objects));
    } else {
      objects.add(new KubernetesObject(object));
    }
  }

  private static ManifestException bad(YamlTree.Document document, String problem) {
    return new ManifestException(problem, document.line(), document.column());
  }
}

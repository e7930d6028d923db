package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectTable;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ObjectList;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Objects and lists of one kind in the form that a client asked for.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables">Receiving
///   resources as tables</a>
final class Renderer {
  /// What a row of a table carries besides its cells.
  enum RowObject {
    NONE,
    METADATA,
    OBJECT
  }

  private final KindDefinition kind;
  private final Representation as;
  private final RowObject rowObject;
  private final InstantSource clock;
  private final ObjectTable table;

  Renderer(KindDefinition kind, Representation as, RowObject rowObject, InstantSource clock) {
    this.kind = kind;
    this.as = as;
    this.rowObject = rowObject;
    this.clock = clock;
    this.table = new ObjectTable(kind);
  }

  /// In the form that a request asks for.
  ///
  /// @throws ApiException 400, 406
  static Renderer asked(Exchange exchange, KindDefinition kind, InstantSource clock) {
    return new Renderer(
        kind,
        Representation.negotiate(exchange.header("Accept")),
        rowObject(exchange.query("includeObject").orElse("")),
        clock);
  }

  /// @param includeObject the query parameter, empty for its default
  /// @throws ApiException 400
  static RowObject rowObject(String includeObject) {
    return switch (includeObject) {
      case "", "Metadata" -> RowObject.METADATA;
      case "None" -> RowObject.NONE;
      case "Object" -> RowObject.OBJECT;
      default ->
          throw ApiException.badRequest(
              "includeObject must be None, Metadata or Object, not \"%s\""
                  .formatted(includeObject));
    };
  }

  Representation representation() {
    return as;
  }

  ObjectNode object(KubernetesObject object) {
    return switch (as.form()) {
      case JSON, YAML -> object.json();
      case METADATA -> metadata(object);
      case TABLE ->
          table(
              listMetadata(object.resourceVersion(), "", 0),
              List.of(object),
              /* withColumns= */ true);
    };
  }

  /// An object in an event of a watch.
  ///
  /// @param first whether it is the first event: only that one has the columns of a table
  ObjectNode event(KubernetesObject object, boolean first) {
    return as.form() == Representation.Form.TABLE
        ? table(listMetadata(object.resourceVersion(), "", 0), List.of(object), first)
        : object(object);
  }

  ObjectNode list(ObjectList list) {
    ObjectNode metadata =
        listMetadata(list.resourceVersion(), list.continueToken(), list.remaining());
    if (as.form() == Representation.Form.TABLE) {
      return table(metadata, list.items(), /* withColumns= */ true);
    }
    boolean partial = as.form() == Representation.Form.METADATA;
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", partial ? "PartialObjectMetadataList" : kind.listKind());
    document.put("apiVersion", partial ? metaGroup() : kind.type().apiVersion());
    document.set("metadata", metadata);
    ArrayNode items = document.putArray("items");
    list.items().forEach(item -> items.add(partial ? metadata(item) : item.json()));
    return document;
  }

  private ObjectNode table(
      ObjectNode metadata, List<KubernetesObject> objects, boolean withColumns) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "Table").put("apiVersion", metaGroup());
    document.set("metadata", metadata);
    document.set(
        "columnDefinitions",
        withColumns ? table.columnDefinitions() : JsonNodeFactory.instance.arrayNode());
    ArrayNode rows = document.putArray("rows");
    for (KubernetesObject object : objects) {
      ObjectNode row = rows.addObject();
      row.set("cells", table.cells(object, clock.instant()));
      switch (rowObject) {
        case NONE -> {}
        case METADATA -> row.set("object", metadata(object));
        case OBJECT -> row.set("object", object.json());
      }
    }
    return document;
  }

  private ObjectNode metadata(KubernetesObject object) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "PartialObjectMetadata").put("apiVersion", metaGroup());
    document.set("metadata", object.metadata());
    return document;
  }

  private String metaGroup() {
    return "meta.k8s.io/" + as.metaVersion();
  }

  private static ObjectNode listMetadata(
      String resourceVersion, String continueToken, long remaining) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("resourceVersion", resourceVersion);
    if (!continueToken.isEmpty()) {
      metadata.put("continue", continueToken);
      if (remaining > 0) {
        metadata.put("remainingItemCount", remaining);
      }
    }
    return metadata;
  }
}

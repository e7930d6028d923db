package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import java.util.Collection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI v3 document of one group and version, as `/openapi/v3/apis/GROUP/VERSION` serves it.
/// Pure.
public final class OpenApiV3 {
  private OpenApiV3() {}

  /// @param kinds those of one group and version
  public static ObjectNode document(Collection<KindDefinition> kinds) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("openapi", "3.0.0");
    document.putObject("info").put("title", "Ebb").put("version", "v1");
    ObjectNode paths = document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    References references = new References();
    for (KindDefinition kind : kinds) {
      new Paths().add(paths, kind);
      ObjectNode schema = references.write(kind.schema().openApi());
      schema.putArray("x-kubernetes-group-version-kind").add(ResourcePaths.typeOf(kind.type()));
      schemas.set(ResourcePaths.schemaName(kind.type()), schema);
    }
    references.parts().forEach(schemas::set);
    return document;
  }

  private static final class References extends SchemaReferences {
    @Override
    String prefix() {
      return "#/components/schemas/";
    }

    /// Version 3.0 lets nothing stand beside a reference.
    @Override
    void refer(ObjectNode place, String reference) {
      ObjectNode alone = JsonNodeFactory.instance.objectNode().put("$ref", reference);
      if (place.isEmpty()) {
        place.setAll(alone);
      } else {
        place.putArray("allOf").add(alone);
      }
    }

    @Override
    void word(ObjectNode written, String word, JsonNode value) {
      written.set(word, value);
    }
  }

  private static final class Paths extends ResourcePaths {
    @Override
    void parameter(ObjectNode parameter, String type) {
      parameter.putObject("schema").put("type", type);
    }

    @Override
    void body(ObjectNode operation, String schemaName) {
      operation
          .putObject("requestBody")
          .putObject("content")
          .putObject("application/json")
          .putObject("schema")
          .put("$ref", "#/components/schemas/" + schemaName);
    }
  }
}

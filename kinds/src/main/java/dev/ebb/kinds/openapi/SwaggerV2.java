package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import java.util.Collection;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The Swagger 2.0 document of all kinds, as `/openapi/v2` serves it to clients that know no v3.
/// Pure.
public final class SwaggerV2 {
  /// What v2 has no word for.
  private static final Set<String> DROPPED = Set.of("anyOf", "oneOf", "not", "nullable");

  private SwaggerV2() {}

  public static ObjectNode document(Collection<KindDefinition> kinds) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("swagger", "2.0");
    document.putObject("info").put("title", "Ebb").put("version", "v1");
    ObjectNode paths = document.putObject("paths");
    ObjectNode definitions = document.putObject("definitions");
    References references = new References();
    for (KindDefinition kind : kinds) {
      new Paths().add(paths, kind);
      ObjectNode schema = schema(kind, references);
      schema.putArray("x-kubernetes-group-version-kind").add(ResourcePaths.typeOf(kind.type()));
      definitions.set(ResourcePaths.schemaName(kind.type()), schema);
    }
    references.parts().forEach(definitions::set);
    return document;
  }

  /// Of a kind that keeps all fields nothing is told but that it is an object, as by Kubernetes:
  /// kubectl until 1.23 refuses what a v2 schema does not name, whatever else the schema says.
  private static ObjectNode schema(KindDefinition kind, References references) {
    JsonNode schema = kind.schema().openApi();
    return schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
        ? JsonNodeFactory.instance.objectNode().put("type", "object")
        : references.write(schema);
  }

  private static final class References extends SchemaReferences {
    @Override
    String prefix() {
      return "#/definitions/";
    }

    @Override
    void refer(ObjectNode place, String reference) {
      place.put("$ref", reference);
    }

    @Override
    void word(ObjectNode written, String word, JsonNode value) {
      if (word.equals("x-kubernetes-int-or-string") && value.asBoolean(false)) {
        written.put("type", "string").put("format", "int-or-string");
      } else if (word.equals("oneOf")) {
        written.put("type", "string");
      }
      if (!DROPPED.contains(word)) {
        written.set(word, value);
      }
    }
  }

  private static final class Paths extends ResourcePaths {
    @Override
    void parameter(ObjectNode parameter, String type) {
      parameter.put("type", type);
    }

    @Override
    void body(ObjectNode operation, String schemaName) {
      ObjectNode body = ((ArrayNode) operation.path("parameters")).addObject();
      body.put("name", "body").put("in", "body").put("required", true);
      body.putObject("schema").put("$ref", "#/definitions/" + schemaName);
    }
  }
}

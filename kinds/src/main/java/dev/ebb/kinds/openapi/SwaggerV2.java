package dev.ebb.kinds.openapi;

import dev.ebb.kinds.KindDefinition;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The Swagger 2.0 document of all kinds, as `/openapi/v2` serves it to clients that know no v3.
/// Pure.
public final class SwaggerV2 {
  /// What v2 has no word for.
  private static final Set<String> DROPPED = Set.of("anyOf", "nullable");

  private SwaggerV2() {}

  public static ObjectNode document(Collection<KindDefinition> kinds) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("swagger", "2.0");
    document.putObject("info").put("title", "Ebb").put("version", "v1");
    ObjectNode paths = document.putObject("paths");
    ObjectNode definitions = document.putObject("definitions");
    for (KindDefinition kind : kinds) {
      new Paths().add(paths, kind);
      ObjectNode schema = (ObjectNode) convert(kind.schema().openApi());
      schema.putArray("x-kubernetes-group-version-kind").add(ResourcePaths.typeOf(kind.type()));
      definitions.set(ResourcePaths.schemaName(kind.type()), schema);
    }
    return document;
  }

  private static JsonNode convert(JsonNode schema) {
    ObjectNode converted = JsonNodeFactory.instance.objectNode();
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      converted.put("type", "string").put("format", "int-or-string");
    }
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      switch (word.getKey()) {
        case "properties" -> {
          ObjectNode properties = converted.putObject("properties");
          word.getValue()
              .properties()
              .forEach(property -> properties.set(property.getKey(), convert(property.getValue())));
        }
        case "items", "additionalProperties" ->
            converted.set(
                word.getKey(),
                word.getValue().isObject() ? convert(word.getValue()) : word.getValue());
        default -> {
          if (!DROPPED.contains(word.getKey())) {
            converted.set(word.getKey(), word.getValue());
          }
        }
      }
    }
    return converted;
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

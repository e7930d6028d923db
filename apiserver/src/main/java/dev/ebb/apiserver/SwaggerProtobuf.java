package dev.ebb.apiserver;

import dev.ebb.kinds.yaml.YamlWriter;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A Swagger 2.0 document as the Protocol Buffers message `openapi.v2.Document` of gnostic, which
/// is the only form that kubectl before 1.27 and some releases of helm ask for.
///
/// The numbers are those of the fields in gnostic's `openapiv2/OpenAPIv2.proto`. Only what our
/// documents have is written.
final class SwaggerProtobuf {
  private SwaggerProtobuf() {}

  static byte[] encode(JsonNode document) {
    ProtobufWriter out = new ProtobufWriter();
    text(out, 1, document, "swagger");
    out.message(2, info -> info(info, document.path("info")));
    out.message(
        8,
        paths ->
            document
                .path("paths")
                .properties()
                .forEach(
                    entry -> named(paths, 2, entry, item -> pathItem(item, entry.getValue()))));
    out.message(
        9,
        definitions ->
            document
                .path("definitions")
                .properties()
                .forEach(entry -> named(definitions, 1, entry, s -> schema(s, entry.getValue()))));
    return out.toByteArray();
  }

  private static void info(ProtobufWriter out, JsonNode info) {
    text(out, 1, info, "title");
    text(out, 2, info, "version");
  }

  private static void pathItem(ProtobufWriter out, JsonNode item) {
    for (Map.Entry<String, Integer> verb :
        Map.of("get", 2, "put", 3, "post", 4, "delete", 5, "patch", 8).entrySet()) {
      JsonNode operation = item.path(verb.getKey());
      if (operation.isObject()) {
        out.message(verb.getValue(), message -> operation(message, operation));
      }
    }
    for (JsonNode parameter : item.path("parameters")) {
      out.message(9, choice -> choice.message(1, message -> parameter(message, parameter)));
    }
  }

  private static void operation(ProtobufWriter out, JsonNode operation) {
    text(out, 3, operation, "description");
    text(out, 5, operation, "operationId");
    for (JsonNode parameter : operation.path("parameters")) {
      out.message(8, choice -> choice.message(1, message -> parameter(message, parameter)));
    }
    out.message(
        9,
        responses ->
            operation
                .path("responses")
                .properties()
                .forEach(entry ->
                    named(
                        responses,
                        1,
                        entry,
                        value ->
                            value.message(1, r -> text(r, 1, entry.getValue(), "description")))));
    extensions(out, 13, operation);
  }

  private static void parameter(ProtobufWriter out, JsonNode parameter) {
    switch (parameter.path("in").asString("")) {
      case "body" ->
          out.message(
              1,
              body -> {
                text(body, 2, parameter, "name");
                text(body, 3, parameter, "in");
                flag(body, 4, parameter, "required");
                body.message(5, schema -> schema(schema, parameter.path("schema")));
              });
      case "path" -> out.message(2, other -> other.message(4, path -> plain(path, parameter, 5)));
      default -> out.message(2, other -> other.message(3, query -> plain(query, parameter, 6)));
    }
  }

  private static void plain(ProtobufWriter out, JsonNode parameter, int typeField) {
    flag(out, 1, parameter, "required");
    text(out, 2, parameter, "in");
    text(out, 3, parameter, "description");
    text(out, 4, parameter, "name");
    text(out, typeField, parameter, "type");
  }

  private static void schema(ProtobufWriter out, JsonNode schema) {
    text(out, 1, schema, "$ref");
    text(out, 2, schema, "format");
    text(out, 4, schema, "description");
    present(schema, "default", value -> any(out, 5, value));
    present(schema, "maximum", value -> out.decimal(7, value.asDouble()));
    present(schema, "minimum", value -> out.decimal(9, value.asDouble()));
    present(schema, "maxLength", value -> out.integer(11, value.asLong()));
    present(schema, "minLength", value -> out.integer(12, value.asLong()));
    text(out, 13, schema, "pattern");
    present(schema, "maxItems", value -> out.integer(14, value.asLong()));
    present(schema, "minItems", value -> out.integer(15, value.asLong()));
    schema.path("required").forEach(name -> out.text(19, name.asString()));
    schema.path("enum").forEach(value -> any(out, 20, value));
    present(schema, "additionalProperties", value -> out.message(21, item -> open(item, value)));
    present(schema, "type", value -> out.message(22, item -> item.text(1, value.asString())));
    present(
        schema,
        "items",
        value -> out.message(23, item -> item.message(1, inner -> schema(inner, value))));
    present(
        schema,
        "properties",
        value ->
            out.message(
                25,
                properties ->
                    value
                        .properties()
                        .forEach(entry ->
                            named(properties, 1, entry, s -> schema(s, entry.getValue())))));
    extensions(out, 31, schema);
  }

  private static void open(ProtobufWriter out, JsonNode additional) {
    if (additional.isBoolean()) {
      out.flag(2, additional.asBoolean());
    } else {
      out.message(1, schema -> schema(schema, additional));
    }
  }

  /// `x-...` fields, as YAML in text.
  private static void extensions(ProtobufWriter out, int field, JsonNode node) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getKey().startsWith("x-")) {
        out.message(
            field,
            named -> {
              named.text(1, entry.getKey());
              any(named, 2, entry.getValue());
            });
      }
    }
  }

  private static void any(ProtobufWriter out, int field, JsonNode value) {
    out.message(field, any -> any.text(2, YamlWriter.write(value)));
  }

  private static void named(
      ProtobufWriter out,
      int field,
      Map.Entry<String, JsonNode> entry,
      Consumer<ProtobufWriter> value) {
    out.message(
        field,
        pair -> {
          pair.text(1, entry.getKey());
          pair.message(2, value);
        });
  }

  private static void text(ProtobufWriter out, int field, JsonNode node, String name) {
    present(node, name, value -> out.text(field, value.asString()));
  }

  private static void flag(ProtobufWriter out, int field, JsonNode node, String name) {
    present(node, name, value -> out.flag(field, value.asBoolean()));
  }

  private static void present(JsonNode node, String name, Consumer<JsonNode> write) {
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.isNull()) {
      write.accept(value);
    }
  }
}

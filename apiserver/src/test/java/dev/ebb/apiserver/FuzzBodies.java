package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.yaml.YamlWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The bodies of generated requests: objects, patches, options of deletions, and no such thing.
final class FuzzBodies {
  /// @param text its bytes as ISO 8859-1, for they need not be any other encoding of characters
  record Body(String contentType, String text) {
    static final Body NONE = new Body("", "");

    static Body of(String contentType, byte[] bytes) {
      return new Body(contentType, new String(bytes, StandardCharsets.ISO_8859_1));
    }

    byte[] bytes() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final List<String> DIRECTIVES =
      List.of(
          "$patch",
          "$retainKeys",
          "$setElementOrder/containers",
          "$setElementOrder/ports",
          "$deleteFromPrimitiveList/finalizers");

  private static final List<String> POINTERS =
      List.of(
          "",
          "/",
          "/metadata",
          "/metadata/labels",
          "/metadata/labels/a",
          "/metadata/name",
          "/spec",
          "/spec/replicas",
          "/data",
          "/data/a",
          "/metadata/finalizers/-",
          "/metadata/finalizers/0",
          "/metadata/finalizers/99999999999",
          "/status",
          "/metadata/managedFields",
          "/x~2y",
          "x",
          "/spec/template/spec/containers/0/image",
          "/metadata/annotations/a~1b",
          "/kind",
          "/metadata/resourceVersion",
          "/metadata/uid",
          "/metadata/deletionTimestamp");

  private final FuzzValues values;

  FuzzBodies(FuzzValues values) {
    this.values = values;
  }

  /// An object of the kind that has good chances to be taken.
  ObjectNode object(KindDefinition kind, String namespace, String name) {
    ObjectNode object =
        values.along(kind.schema().openApi(), 0) instanceof ObjectNode node
            ? node
            : NODES.objectNode();
    object.put("apiVersion", kind.type().apiVersion()).put("kind", kind.type().kind());
    ObjectNode metadata = object.putObject("metadata");
    metadata(metadata);
    if (!values.once(30)) {
      metadata.put("name", name);
    }
    if (kind.namespaced() && values.once(2)) {
      metadata.put("namespace", namespace);
    }
    if (values.once(4)) {
      values.mutate(object);
    }
    return object;
  }

  private void metadata(ObjectNode metadata) {
    if (values.once(3)) {
      metadata.putObject("labels").put(values.oneOf(FuzzValues.WORDS), "a").put("app", "a");
    }
    if (values.once(4)) {
      metadata.putObject("annotations").put("a.b/c", values.oneOf(FuzzValues.WORDS));
    }
    if (values.once(12)) {
      metadata.putArray("finalizers").add(values.oneOf(List.of("a.b/c", "x", "orphan", "")));
    }
    if (values.once(12)) {
      ObjectNode owner = metadata.putArray("ownerReferences").addObject();
      owner.put("apiVersion", "v1").put("kind", "ConfigMap").put("name", "a").put("uid", "1");
    }
    if (values.once(15)) {
      metadata.put("resourceVersion", values.oneOf(List.of("0", "1", "7", "x", "999999999")));
    }
    if (values.once(15)) {
      metadata.put("generateName", values.oneOf(FuzzValues.WORDS));
    }
    if (values.once(15)) {
      metadata.set("managedFields", managedFields());
    }
    if (values.once(20)) {
      metadata.set(
          values.oneOf(List.of("uid", "generation", "creationTimestamp", "deletionTimestamp")),
          values.any(1));
    }
  }

  private JsonNode managedFields() {
    ArrayNode entries = NODES.arrayNode();
    ObjectNode entry = entries.addObject();
    if (values.once(3)) {
      return entries;
    }
    entry.put("manager", "a").put("operation", values.oneOf(List.of("Apply", "Update", "x")));
    entry.put("apiVersion", "v1").put("fieldsType", "FieldsV1").put("time", "2026-01-01T00:00:00Z");
    ObjectNode fields = entry.putObject("fieldsV1");
    fields.set(
        values.oneOf(List.of("f:data", "f:spec", "k:{\"name\":\"a\"}", "v:1", "i:0", "x", "", ".")),
        values.once(3) ? values.any(2) : NODES.objectNode());
    return entries;
  }

  Body forWrite(KindDefinition kind, String namespace, String name) {
    return encoded(object(kind, namespace, name));
  }

  Body deleteOptions() {
    ObjectNode options = NODES.objectNode();
    if (values.once(2)) {
      options.put("kind", "DeleteOptions").put("apiVersion", "v1");
    }
    if (values.once(2)) {
      options.set(
          values.oneOf(
              List.of(
                  "propagationPolicy",
                  "gracePeriodSeconds",
                  "orphanDependents",
                  "dryRun",
                  "preconditions")),
          values.any(2));
    }
    if (values.once(2)) {
      options.put(
          "propagationPolicy", values.oneOf(List.of("Background", "Foreground", "Orphan", "x")));
    }
    return encoded(options);
  }

  Body patch(KindDefinition kind, String namespace, String name) {
    return switch (values.below(4)) {
      case 0 -> spoiled("application/json-patch+json", jsonPatch().toString());
      case 1 -> spoiled("application/merge-patch+json", partial(kind, namespace, name).toString());
      case 2 -> {
        ObjectNode patch = partial(kind, namespace, name);
        if (values.once(2)) {
          (values.once(2) && patch.path("spec") instanceof ObjectNode spec ? spec : patch)
              .set(
                  values.oneOf(DIRECTIVES),
                  values.once(3)
                      ? values.any(2)
                      : NODES.stringNode(values.oneOf(List.of("replace", "delete", "merge"))));
        }
        yield spoiled("application/strategic-merge-patch+json", patch.toString());
      }
      default -> {
        ObjectNode applied = object(kind, namespace, name);
        if (!values.once(8) && applied.path("metadata") instanceof ObjectNode metadata) {
          metadata.remove("managedFields");
        }
        yield spoiled(
            "application/apply-patch+yaml",
            values.once(2) ? applied.toString() : YamlWriter.write(applied));
      }
    };
  }

  private ObjectNode partial(KindDefinition kind, String namespace, String name) {
    ObjectNode patch = object(kind, namespace, name);
    if (!values.once(5)) {
      patch.remove(List.of("apiVersion", "kind", "metadata"));
    }
    return patch;
  }

  private ArrayNode jsonPatch() {
    ArrayNode patch = NODES.arrayNode();
    for (int i = values.below(4); i >= 0; i--) {
      ObjectNode operation = patch.addObject();
      operation.put(
          "op",
          values.oneOf(List.of("add", "add", "remove", "replace", "move", "copy", "test", "x")));
      operation.put("path", values.oneOf(POINTERS));
      if (!values.once(4)) {
        operation.set("value", values.any(2));
      }
      if (values.once(3)) {
        operation.put("from", values.oneOf(POINTERS));
      }
      if (values.once(20)) {
        values.mutate(operation);
      }
    }
    return patch;
  }

  private Body encoded(ObjectNode object) {
    return switch (values.below(12)) {
      case 0 -> spoiled("application/yaml", YamlWriter.write(object));
      case 1 ->
          spoiled(
              values.oneOf(List.of("", "text/plain", "application/json;charset=x")),
              object.toString());
      case 2 -> spoiled("application/vnd.kubernetes.protobuf", object.toString());
      default -> spoiled("application/json", object.toString());
    };
  }

  /// What went through worse than a generator now and then.
  private Body spoiled(String contentType, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!values.once(8)) {
      return Body.of(contentType, bytes);
    }
    String spoiled =
        switch (values.below(9)) {
          case 0 -> text.substring(0, values.below(text.length() + 1));
          case 1 -> text + text;
          case 2 -> "[".repeat(1 + values.below(100_000));
          case 3 ->
              "{\"a\":".repeat(1 + values.below(2000)) + "1" + "}".repeat(1 + values.below(2000));
          case 4 ->
              text.replaceFirst("\\{", "{\"metadata\":{\"name\":\"a\",\"name\":\"b\"},\"spec\":1,");
          case 5 -> text.replace("1", "1e400").replace("0", "-99999999999999999999999");
          case 6 -> aliases();
          case 7 -> "";
          default ->
              "{\"x\":\"" + "y".repeat(values.below(values.once(20) ? 4 << 20 : 20_000)) + "\"}";
        };
    byte[] result = spoiled.getBytes(StandardCharsets.UTF_8);
    if (values.once(2) && result.length > 0) {
      result = Arrays.copyOf(result, result.length);
      result[values.below(result.length)] = (byte) values.below(256);
    }
    return Body.of(contentType, result);
  }

  /// Each line doubles what the line before means.
  private String aliases() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      yaml.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    return yaml.toString();
  }
}

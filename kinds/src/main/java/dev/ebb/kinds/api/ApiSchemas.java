package dev.ebb.kinds.api;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.Schema;
import dev.ebb.kinds.SchemaBuilder;
import dev.ebb.kinds.SchemaParts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes structural schemas of types. What two kinds have in common (the specification of a Pod) is
/// one tree, and compiled once.
final class ApiSchemas {
  private final ApiTypes types;
  private final Map<String, ObjectNode> trees = new ConcurrentHashMap<>();
  private final SchemaParts compiled = new SchemaParts();

  ApiSchemas(ApiTypes types) {
    this.types = types;
  }

  Schema schema(GroupVersionKind kind) {
    return Schema.lazy(
        () ->
            tree(
                types
                    .ofKind(kind)
                    .orElseThrow(() -> new IllegalArgumentException("no such kind: " + kind))),
        compiled);
  }

  /// Not to be changed.
  private ObjectNode tree(ApiType type) {
    ObjectNode present = trees.get(type.name());
    if (present != null) {
      return present;
    }
    SchemaBuilder object = SchemaBuilder.object();
    if (type.doc().isEmpty()) {
      object.named(openApiName(type.name()));
    } else {
      object.named(openApiName(type.name()), type.doc());
    }
    if (type.atomic()) {
      object.atomic();
    }
    if (type.kind()) {
      object.field(
          "apiVersion", SchemaBuilder.string().doc("Group and version of this object's kind."));
      object.field("kind", SchemaBuilder.string().doc("The kind of this object."));
    }
    addFields(object, type);
    ObjectNode made = object.build();
    ObjectNode before = trees.putIfAbsent(type.name(), made);
    return before == null ? made : before;
  }

  private void addFields(SchemaBuilder object, ApiType type) {
    for (ApiField field : type.fields()) {
      if (field.isInline()) {
        if (field.type() instanceof ValueType.Named named) {
          addFields(object, types.type(named.type()));
        }
      } else {
        SchemaBuilder value = value(field);
        switch (field.presence()) {
          case REQUIRED -> object.required(field.name(), value);
          case TOLD -> object.told(field.name(), value);
          case PLAIN, POINTER -> object.field(field.name(), value);
        }
      }
    }
  }

  private SchemaBuilder value(ApiField field) {
    SchemaBuilder value = of(field.type());
    if (!field.doc().isEmpty()) {
      value.doc(field.doc());
    }
    field.defaultValue().ifPresent(text -> setDefault(value, field.type(), text));
    for (String word : field.words()) {
      switch (word) {
        case "atomic" -> value.atomic();
        case "set" -> value.listType("set");
        case "granular" -> {}
        case "merge" -> value.patchStrategy("merge");
        case "replace" -> value.patchStrategy("replace");
        case "retainKeys" -> value.retainKeys();
        default -> keyed(value, word);
      }
    }
    return value;
  }

  private static void keyed(SchemaBuilder value, String word) {
    String keys = word.substring(word.indexOf('=') + 1);
    if (word.startsWith("keys=")) {
      value.listKeys(keys.split(","));
    } else if (word.startsWith("merge=")) {
      value.mergedBy(keys);
    } else {
      throw new IllegalArgumentException("no word of a type: " + word);
    }
  }

  private SchemaBuilder of(ValueType type) {
    return switch (type) {
      case ValueType.Plain plain -> plain.scalar().schema();
      case ValueType.Choice choice ->
          SchemaBuilder.string().oneOf(choice.values().toArray(String[]::new));
      case ValueType.ListOf list -> SchemaBuilder.listOf(of(list.items()));
      case ValueType.MapOf map -> SchemaBuilder.mapOf(of(map.values()));
      case ValueType.Named named ->
          types.resolve(named) instanceof ValueType.Choice choice
              ? of(choice)
              : SchemaBuilder.like(tree(types.type(named.type())));
    };
  }

  private static void setDefault(SchemaBuilder value, ValueType type, String text) {
    if (text.equals("{}")) {
      value.defaultTo(JsonNodeFactory.instance.objectNode());
    } else if (type instanceof ValueType.Plain plain) {
      switch (plain.scalar()) {
        case INT32, INT64 -> value.defaultTo(Integer.parseInt(text));
        case BOOL -> value.defaultTo(Boolean.parseBoolean(text));
        case INT_OR_STRING -> {
          if (text.endsWith("%")) {
            value.defaultTo(text);
          } else {
            value.defaultTo(Integer.parseInt(text));
          }
        }
        default -> value.defaultTo(text.equals("\"\"") ? "" : text);
      }
    } else {
      value.defaultTo(text.equals("\"\"") ? "" : text);
    }
  }

  /// `io.k8s.api.core.v1.PodSpec`.
  private static String openApiName(String name) {
    String home =
        switch (name.substring(0, name.indexOf('.'))) {
          case "meta" -> "io.k8s.apimachinery.pkg.apis.";
          case "apiregistration" -> "io.k8s.kube-aggregator.pkg.apis.";
          default -> "io.k8s.api.";
        };
    return home + name;
  }
}

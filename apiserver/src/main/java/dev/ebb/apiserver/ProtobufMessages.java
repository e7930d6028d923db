package dev.ebb.apiserver;

import dev.ebb.kinds.api.ApiField;
import dev.ebb.kinds.api.ApiField.Presence;
import dev.ebb.kinds.api.ApiType;
import dev.ebb.kinds.api.ApiTypes;
import dev.ebb.kinds.api.ValueType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads messages of the types of Kubernetes's API as the JSON that Go would write of them.
///
/// Go writes every field that is no pointer, so zero values come too: they are left out where JSON
/// leaves them out (`omitempty`). Fields that the type does not have are passed over, as protobuf
/// demands. No type holds itself, so a message is never deeper than its type. Thread-safe.
final class ProtobufMessages {
  private static final int MAP_KEY = 1;
  private static final int MAP_VALUE = 2;

  private final ApiTypes types;
  private final Map<String, Map<Integer, ApiField>> fields = new ConcurrentHashMap<>();

  ProtobufMessages(ApiTypes types) {
    this.types = types;
  }

  ObjectNode read(ApiType type, ByteBuffer bytes) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    read(type, new ProtobufReader(bytes), object);
    return object;
  }

  private void read(ApiType type, ProtobufReader reader, ObjectNode object) {
    Map<Integer, ApiField> known = fields.computeIfAbsent(type.name(), name -> byNumber(type));
    for (int number = reader.next(); number != 0; number = reader.next()) {
      ApiField field = known.get(number);
      if (field == null) {
        reader.skip();
      } else if (field.isInline()) {
        if (field.type() instanceof ValueType.Named named) {
          ProtobufReader inner = new ProtobufReader(reader.delimited());
          read(types.type(named.type()), inner, object);
        }
      } else {
        read(field, reader, object);
      }
    }
  }

  private static Map<Integer, ApiField> byNumber(ApiType type) {
    return type.fields().stream().collect(Collectors.toMap(ApiField::number, field -> field));
  }

  private void read(ApiField field, ProtobufReader reader, ObjectNode object) {
    switch (field.type()) {
      case ValueType.ListOf list -> {
        ArrayNode array = object.withArrayProperty(field.name());
        array.add(value(list.items(), reader));
      }
      case ValueType.MapOf map -> entry(map, reader, object.withObjectProperty(field.name()));
      default -> {
        JsonNode value = value(field.type(), reader);
        boolean shown = field.presence() != Presence.PLAIN || !isZero(value);
        if (shown && !value.isMissingNode()) {
          object.set(field.name(), value);
        } else {
          object.remove(field.name());
        }
      }
    }
  }

  private void entry(ValueType.MapOf map, ProtobufReader reader, ObjectNode object) {
    ProtobufReader pair = new ProtobufReader(reader.delimited());
    String key = "";
    JsonNode value = zero(map.values());
    for (int number = pair.next(); number != 0; number = pair.next()) {
      switch (number) {
        case MAP_KEY -> key = pair.text();
        case MAP_VALUE -> value = value(map.values(), pair);
        default -> pair.skip();
      }
    }
    object.set(key, value);
  }

  /// What an entry of a map holds that leaves its value out.
  private static JsonNode zero(ValueType type) {
    return type instanceof ValueType.Plain
        ? JsonNodeFactory.instance.stringNode("")
        : JsonNodeFactory.instance.objectNode();
  }

  private JsonNode value(ValueType type, ProtobufReader reader) {
    return switch (type) {
      case ValueType.Plain plain -> ProtobufScalars.read(plain.scalar(), reader);
      case ValueType.Choice _ -> JsonNodeFactory.instance.stringNode(reader.text());
      case ValueType.Named named ->
          types.resolve(named) instanceof ValueType.Choice choice
              ? value(choice, reader)
              : message(types.type(named.type()), reader);
      case ValueType.ListOf _, ValueType.MapOf _ ->
          throw new IllegalArgumentException("protobuf has no list in a list: " + type);
    };
  }

  private ObjectNode message(ApiType type, ProtobufReader reader) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    read(type, new ProtobufReader(reader.delimited()), object);
    return object;
  }

  private static boolean isZero(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.asString().isEmpty();
      case NUMBER -> value.asDouble() == 0;
      case BOOLEAN -> !value.asBoolean();
      case OBJECT, ARRAY -> value.isEmpty();
      default -> true;
    };
  }
}

package dev.ebb.apiserver;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A type of message of Kubernetes's API: which number is which field of the JSON, and how it is
/// written there.
///
/// Go writes every field that is no pointer, so zero values come too; a field is left out of the
/// JSON when it is empty, as Go's `omitempty` does.
final class ProtobufMessage {
  private final Map<Integer, BiConsumer<ProtobufReader, ObjectNode>> fields = new HashMap<>();

  ObjectNode read(ByteBuffer bytes) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    ProtobufReader reader = new ProtobufReader(bytes);
    for (int number = reader.next(); number != 0; number = reader.next()) {
      BiConsumer<ProtobufReader, ObjectNode> field = fields.get(number);
      if (field == null) {
        // Dropping it would store something else than was sent.
        throw ProtobufReader.malformed("field %d is not known here; send JSON".formatted(number));
      }
      field.accept(reader, object);
    }
    return object;
  }

  ProtobufMessage text(int number, String name) {
    return field(
        number,
        (reader, object) -> {
          String value = reader.text();
          if (!value.isEmpty()) {
            object.put(name, value);
          }
        });
  }

  ProtobufMessage flag(int number, String name) {
    return field(number, (reader, object) -> object.put(name, reader.integer() != 0));
  }

  /// Zero is left out.
  ProtobufMessage integer(int number, String name) {
    return field(
        number,
        (reader, object) -> {
          long value = reader.integer();
          if (value != 0) {
            object.put(name, value);
          }
        });
  }

  ProtobufMessage texts(int number, String name) {
    return field(number, (reader, object) -> array(object, name).add(reader.text()));
  }

  ProtobufMessage message(int number, String name, ProtobufMessage type) {
    return field(
        number,
        (reader, object) -> {
          ObjectNode value = type.read(reader.delimited());
          if (!value.isEmpty()) {
            object.set(name, value);
          }
        });
  }

  ProtobufMessage messages(int number, String name, ProtobufMessage type) {
    return field(
        number, (reader, object) -> array(object, name).add(type.read(reader.delimited())));
  }

  ProtobufMessage textMap(int number, String name) {
    return map(number, name, (reader, entry) -> entry.put("value", reader.text()));
  }

  /// Values in base64, as JSON has them.
  ProtobufMessage bytesMap(int number, String name) {
    return map(
        number,
        name,
        (reader, entry) -> entry.put("value", Base64.getEncoder().encodeToString(reader.bytes())));
  }

  /// `metav1.Time`: seconds and nanoseconds; the zero time is an empty message.
  ProtobufMessage time(int number, String name) {
    ProtobufMessage time = new ProtobufMessage().integer(1, "seconds").integer(2, "nanos");
    return field(
        number,
        (reader, object) -> {
          ObjectNode value = time.read(reader.delimited());
          if (value.has("seconds")) {
            object.put(name, Instant.ofEpochSecond(value.path("seconds").asLong()).toString());
          }
        });
  }

  /// A field that clients send but that says nothing here.
  ProtobufMessage ignored(int number) {
    return field(number, (reader, object) -> reader.delimited());
  }

  private ProtobufMessage map(
      int number, String name, BiConsumer<ProtobufReader, ObjectNode> value) {
    ProtobufMessage pair =
        new ProtobufMessage()
            .field(1, (reader, entry) -> entry.put("key", reader.text()))
            .field(2, value);
    return field(
        number,
        (reader, object) -> {
          ObjectNode entry = pair.read(reader.delimited());
          object
              .withObjectProperty(name)
              .put(entry.path("key").asString(""), entry.path("value").asString(""));
        });
  }

  private ProtobufMessage field(int number, BiConsumer<ProtobufReader, ObjectNode> read) {
    fields.put(number, read);
    return this;
  }

  private static ArrayNode array(ObjectNode object, String name) {
    return object.withArrayProperty(name);
  }
}

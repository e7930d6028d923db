package dev.ebb.apiserver;

import dev.ebb.kinds.api.Scalar;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// Values that are one word in JSON and often a message of their own in Kubernetes's protobuf.
final class ProtobufScalars {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// Of `IntOrString.type`.
  private static final long STRING = 1;

  private ProtobufScalars() {}

  /// A missing node for the zero time and for an object that is not there.
  static JsonNode read(Scalar type, ProtobufReader reader) {
    return switch (type) {
      case STRING -> NODES.stringNode(reader.text());
      case BOOL -> NODES.booleanNode(reader.integer() != 0);
      case INT32 -> NODES.numberNode((int) reader.integer());
      case INT64 -> NODES.numberNode(reader.integer());
      case FLOAT64 -> NODES.numberNode(reader.decimal());
      case BYTES -> NODES.stringNode(Base64.getEncoder().encodeToString(reader.bytes()));
      case TIME -> time(reader, /* micros= */ false);
      case MICRO_TIME -> time(reader, /* micros= */ true);
      case QUANTITY -> NODES.stringNode(first(reader));
      case INT_OR_STRING -> intOrString(reader);
      case TEXTS -> texts(reader);
      case OBJECT -> json(reader);
    };
  }

  /// Seconds and nanoseconds since 1970; the zero time is an empty message.
  private static JsonNode time(ProtobufReader reader, boolean micros) {
    ProtobufReader message = new ProtobufReader(reader.delimited());
    boolean zero = true;
    long seconds = 0;
    long nanos = 0;
    for (int number = message.next(); number != 0; number = message.next()) {
      zero = false;
      switch (number) {
        case 1 -> seconds = message.integer();
        case 2 -> nanos = message.integer();
        default -> message.skip();
      }
    }
    if (zero) {
      return MissingNode.getInstance();
    }
    try {
      Instant time = Instant.ofEpochSecond(seconds, micros ? nanos : 0);
      return NODES.stringNode(micros ? MICROS.format(time) : time.toString());
    } catch (DateTimeException | ArithmeticException outOfRange) {
      throw ProtobufReader.malformed("a time is out of range");
    }
  }

  private static String first(ProtobufReader reader) {
    ProtobufReader message = new ProtobufReader(reader.delimited());
    String text = "";
    for (int number = message.next(); number != 0; number = message.next()) {
      if (number == 1) {
        text = message.text();
      } else {
        message.skip();
      }
    }
    return text;
  }

  private static JsonNode intOrString(ProtobufReader reader) {
    ProtobufReader message = new ProtobufReader(reader.delimited());
    long type = 0;
    int whole = 0;
    String text = "";
    for (int number = message.next(); number != 0; number = message.next()) {
      switch (number) {
        case 1 -> type = message.integer();
        case 2 -> whole = (int) message.integer();
        case 3 -> text = message.text();
        default -> message.skip();
      }
    }
    return type == STRING ? NODES.stringNode(text) : NODES.numberNode(whole);
  }

  private static ArrayNode texts(ProtobufReader reader) {
    ProtobufReader message = new ProtobufReader(reader.delimited());
    ArrayNode texts = NODES.arrayNode();
    for (int number = message.next(); number != 0; number = message.next()) {
      if (number == 1) {
        texts.add(message.text());
      } else {
        message.skip();
      }
    }
    return texts;
  }

  private static JsonNode json(ProtobufReader reader) {
    ProtobufReader message = new ProtobufReader(reader.delimited());
    byte[] raw = new byte[0];
    for (int number = message.next(); number != 0; number = message.next()) {
      if (number == 1) {
        raw = message.bytes();
      } else {
        message.skip();
      }
    }
    return raw.length == 0 ? MissingNode.getInstance() : JsonText.read(raw);
  }
}

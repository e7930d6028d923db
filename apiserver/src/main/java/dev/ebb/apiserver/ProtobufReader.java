package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the fields of a Protocol Buffers message, one after the other.
///
/// @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private int wireType;

  ProtobufReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /// The number of the next field, or 0 at the end.
  int next() {
    if (!bytes.hasRemaining()) {
      return 0;
    }
    long key = varint();
    wireType = (int) (key & 7);
    long field = key >>> 3;
    if (field <= 0 || field > Integer.MAX_VALUE) {
      throw malformed("a field has no number");
    }
    return (int) field;
  }

  long integer() {
    require(VARINT);
    return varint();
  }

  ByteBuffer delimited() {
    require(LENGTH_DELIMITED);
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw malformed("a field is longer than the message");
    }
    ByteBuffer content = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return content;
  }

  double decimal() {
    require(FIXED64);
    return fixed(Long.BYTES).getDouble();
  }

  /// Passes over a field of whatever type.
  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> fixed(Long.BYTES);
      case FIXED32 -> fixed(Integer.BYTES);
      case LENGTH_DELIMITED -> delimited();
      default -> throw malformed("a field has a type that is not used any more");
    }
  }

  private ByteBuffer fixed(int length) {
    if (length > bytes.remaining()) {
      throw malformed("it ends in the middle of a number");
    }
    ByteBuffer content = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + length);
    return content;
  }

  byte[] bytes() {
    ByteBuffer content = delimited();
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    return copy;
  }

  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(delimited()).toString();
    } catch (CharacterCodingException broken) {
      throw malformed("a text is not UTF-8");
    }
  }

  static ApiException malformed(String why) {
    return ApiException.badRequest("the body is not valid Protocol Buffers: " + why);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw malformed("a field has another type than its message says");
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw malformed("it ends in the middle of a number");
      }
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number is too long");
  }
}

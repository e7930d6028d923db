package dev.ebb.apiserver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// The wire format of Protocol Buffers, as much as messages of text, flags and numbers need.
///
/// @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
final class ProtobufWriter {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  void text(int field, String value) {
    delimited(field, value.getBytes(StandardCharsets.UTF_8));
  }

  void flag(int field, boolean value) {
    varint(((long) field << 3) | VARINT);
    varint(value ? 1 : 0);
  }

  void integer(int field, long value) {
    varint(((long) field << 3) | VARINT);
    varint(value);
  }

  void decimal(int field, double value) {
    varint(((long) field << 3) | FIXED64);
    bytes.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
  }

  void message(int field, Consumer<ProtobufWriter> content) {
    ProtobufWriter inner = new ProtobufWriter();
    content.accept(inner);
    delimited(field, inner.toByteArray());
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  private void delimited(int field, byte[] value) {
    varint(((long) field << 3) | LENGTH_DELIMITED);
    varint(value.length);
    bytes.writeBytes(value);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}

package dev.ebb.kinds.api;

import dev.ebb.kinds.SchemaBuilder;

/// A value without fields of its own.
public enum Scalar {
  STRING("string"),
  BOOL("bool"),
  INT32("int32"),
  INT64("int64"),
  FLOAT64("float64"),
  /// Base64 in JSON.
  BYTES("bytes"),
  /// RFC 3339, whole seconds.
  TIME("time"),
  /// RFC 3339, microseconds.
  MICRO_TIME("microTime"),
  /// `128Mi`, or a plain number.
  QUANTITY("quantity"),
  INT_OR_STRING("intOrString"),
  /// A list of texts that is a message of its own in protobuf.
  TEXTS("texts"),
  /// Any object, as JSON in protobuf too.
  OBJECT("object");

  private final String word;

  Scalar(String word) {
    this.word = word;
  }

  /// As the resources name it.
  String word() {
    return word;
  }

  SchemaBuilder schema() {
    return switch (this) {
      case STRING -> SchemaBuilder.string();
      case BOOL -> SchemaBuilder.bool();
      case INT32 -> SchemaBuilder.int32();
      case INT64 -> SchemaBuilder.int64();
      case FLOAT64 -> SchemaBuilder.number();
      case BYTES -> SchemaBuilder.bytes();
      case TIME, MICRO_TIME -> SchemaBuilder.dateTime().nullable();
      case QUANTITY -> SchemaBuilder.quantity();
      case INT_OR_STRING ->
          SchemaBuilder.intOrString().named("io.k8s.apimachinery.pkg.util.intstr.IntOrString");
      case TEXTS -> SchemaBuilder.listOf(SchemaBuilder.string());
      case OBJECT -> SchemaBuilder.freeObject();
    };
  }
}

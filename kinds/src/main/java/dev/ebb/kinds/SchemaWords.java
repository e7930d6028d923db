package dev.ebb.kinds;

/// Words of our own in a schema's tree. No document shows them.
public final class SchemaWords {
  /// They all begin so.
  public static final String PREFIX = "x-ebb-";

  /// The name under which OpenAPI documents have this part once and refer to it.
  public static final String NAME = PREFIX + "name";

  /// What the part itself says, where a field that holds it may say something else.
  public static final String DOC = PREFIX + "doc";

  /// The fields that documents call required, but that the server does not ask for.
  public static final String TOLD = PREFIX + "told";

  private SchemaWords() {}
}

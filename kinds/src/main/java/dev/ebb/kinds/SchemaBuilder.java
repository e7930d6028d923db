package dev.ebb.kinds;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes a structural schema down, in the words of OpenAPI v3 with Kubernetes's extensions.
///
/// ```java
/// object().doc("One variable of the environment.")
///     .required("name", string().doc("Its name."))
///     .field("value", string())
/// ```
///
/// A builder that was given to another is not to be changed any more: parts are shared, not copied.
public final class SchemaBuilder {
  private final ObjectNode node = JsonNodeFactory.instance.objectNode();

  private SchemaBuilder() {}

  public static SchemaBuilder object() {
    return typed("object");
  }

  /// Any fields, kept as they come.
  public static SchemaBuilder freeObject() {
    return object().preserveUnknownFields();
  }

  public static SchemaBuilder string() {
    return typed("string");
  }

  public static SchemaBuilder bool() {
    return typed("boolean");
  }

  public static SchemaBuilder int32() {
    return typed("integer").put("format", "int32");
  }

  public static SchemaBuilder int64() {
    return typed("integer").put("format", "int64");
  }

  public static SchemaBuilder dateTime() {
    return typed("string").put("format", "date-time");
  }

  /// Any value at all.
  public static SchemaBuilder any() {
    return new SchemaBuilder().preserveUnknownFields();
  }

  public static SchemaBuilder number() {
    return typed("number");
  }

  /// Base64 in JSON.
  public static SchemaBuilder bytes() {
    return typed("string").put("format", "byte");
  }

  /// An amount of a resource: `128Mi`, `500m`, `1e3`, or a plain number.
  public static SchemaBuilder quantity() {
    SchemaBuilder builder = new SchemaBuilder();
    ArrayNode oneOf = builder.node.putArray("oneOf");
    oneOf.addObject().put("type", "string");
    oneOf.addObject().put("type", "number");
    return builder.pattern(Quantity.PATTERN).named("io.k8s.apimachinery.pkg.api.resource.Quantity");
  }

  /// Has the fields of another object's schema, which is not changed, and may say more.
  public static SchemaBuilder like(ObjectNode schema) {
    SchemaBuilder builder = new SchemaBuilder();
    builder.node.setAll(schema);
    return builder;
  }

  /// A port by number or name, a percentage or a count.
  public static SchemaBuilder intOrString() {
    SchemaBuilder builder = new SchemaBuilder();
    ArrayNode anyOf = builder.node.putArray("anyOf");
    anyOf.addObject().put("type", "integer");
    anyOf.addObject().put("type", "string");
    builder.node.put("x-kubernetes-int-or-string", true);
    return builder;
  }

  public static SchemaBuilder listOf(SchemaBuilder items) {
    SchemaBuilder builder = typed("array");
    builder.node.set("items", items.node);
    return builder;
  }

  public static SchemaBuilder mapOf(SchemaBuilder values) {
    SchemaBuilder builder = typed("object");
    builder.node.set("additionalProperties", values.node);
    return builder;
  }

  private static SchemaBuilder typed(String type) {
    return new SchemaBuilder().put("type", type);
  }

  public SchemaBuilder field(String name, SchemaBuilder schema) {
    node.withObjectProperty("properties").set(name, schema.node);
    return this;
  }

  public SchemaBuilder required(String name, SchemaBuilder schema) {
    node.withArrayProperty("required").add(name);
    return field(name, schema);
  }

  /// As [#required], but the server takes objects without it all the same.
  public SchemaBuilder told(String name, SchemaBuilder schema) {
    node.withArrayProperty(SchemaWords.TOLD).add(name);
    return field(name, schema);
  }

  /// A part that OpenAPI documents have once, under this name.
  public SchemaBuilder named(String name) {
    return put(SchemaWords.NAME, name);
  }

  /// As [#named], with what it says of itself wherever it stands.
  public SchemaBuilder named(String name, String description) {
    return named(name).doc(description).put(SchemaWords.DOC, description);
  }

  /// What `kubectl explain` says.
  public SchemaBuilder doc(String description) {
    return put("description", description);
  }

  public SchemaBuilder oneOf(String... values) {
    ArrayNode allowed = node.putArray("enum");
    for (String value : values) {
      allowed.add(value);
    }
    return this;
  }

  public SchemaBuilder range(long least, long most) {
    node.put("minimum", least);
    node.put("maximum", most);
    return this;
  }

  public SchemaBuilder atLeast(long least) {
    node.put("minimum", least);
    return this;
  }

  /// @param regex of Java and of RE2 alike; it is searched for, so anchor it
  public SchemaBuilder pattern(String regex) {
    return put("pattern", regex);
  }

  /// @param most in Unicode characters
  public SchemaBuilder maxLength(int most) {
    node.put("maxLength", most);
    return this;
  }

  public SchemaBuilder minItems(int least) {
    node.put("minItems", least);
    return this;
  }

  public SchemaBuilder nullable() {
    node.put("nullable", true);
    return this;
  }

  public SchemaBuilder defaultTo(String value) {
    return put("default", value);
  }

  public SchemaBuilder defaultTo(int value) {
    node.put("default", value);
    return this;
  }

  public SchemaBuilder defaultTo(boolean value) {
    node.put("default", value);
    return this;
  }

  public SchemaBuilder defaultTo(JsonNode value) {
    node.set("default", value);
    return this;
  }

  public SchemaBuilder preserveUnknownFields() {
    node.put("x-kubernetes-preserve-unknown-fields", true);
    return this;
  }

  /// A list whose items are known by these fields: server-side apply merges by them, a strategic
  /// merge patch by the first.
  public SchemaBuilder keyedBy(String... keys) {
    return listKeys(keys).mergedBy(keys[0]);
  }

  /// Only server-side apply knows the items by these fields.
  public SchemaBuilder listKeys(String... keys) {
    listType("map");
    ArrayNode names = node.putArray("x-kubernetes-list-map-keys");
    for (String key : keys) {
      names.add(key);
    }
    return this;
  }

  /// How server-side apply divides the list: `atomic`, `set` or `map`.
  public SchemaBuilder listType(String type) {
    return put("x-kubernetes-list-type", type);
  }

  public SchemaBuilder patchStrategy(String strategy) {
    return put("x-kubernetes-patch-strategy", strategy);
  }

  /// A strategic merge patch takes out the fields that it does not name (`$retainKeys`).
  public SchemaBuilder retainKeys() {
    boolean merged = node.has("x-kubernetes-patch-strategy");
    return patchStrategy(merged ? "merge,retainKeys" : "retainKeys");
  }

  /// Only a strategic merge patch merges the list by this field.
  public SchemaBuilder mergedBy(String key) {
    return put("x-kubernetes-patch-merge-key", key).put("x-kubernetes-patch-strategy", "merge");
  }

  /// A list of different values, merged as a set.
  public SchemaBuilder asSet() {
    return put("x-kubernetes-list-type", "set").put("x-kubernetes-patch-strategy", "merge");
  }

  /// A list or map that has one owner and is replaced as a whole.
  public SchemaBuilder atomic() {
    boolean list = node.path("type").asString("").equals("array");
    return put(list ? "x-kubernetes-list-type" : "x-kubernetes-map-type", "atomic");
  }

  /// The tree itself; the builder is done.
  public ObjectNode build() {
    return node;
  }

  private SchemaBuilder put(String key, String value) {
    node.put(key, value);
    return this;
  }
}

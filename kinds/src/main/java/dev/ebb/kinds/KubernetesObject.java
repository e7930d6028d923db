package dev.ebb.kinds;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Any Kubernetes object: a view over the JSON as the user wrote it.
///
/// The tree is shared between threads and never modified once it is in here: [#with] copies.
/// Unknown fields, and the difference between null and absent, survive. Two objects are equal when
/// their trees are.
public final class KubernetesObject {
  /// Has the tree, or makes it when it is asked for: as a tree an object takes four times the bytes
  /// of its text, so what only lies there need not be one. Thread-safe.
  @FunctionalInterface
  public interface Source {
    /// @return the same content each time, maybe in another tree
    ObjectNode json();
  }

  private final Source source;

  public KubernetesObject(ObjectNode json) {
    this(() -> json);
  }

  public KubernetesObject(Source source) {
    this.source = source;
  }

  /// To be asked once by who looks at many of its fields: it may have to be parsed.
  public ObjectNode json() {
    return source.json();
  }

  public GroupVersionKind groupVersionKind() {
    JsonNode json = json();
    return GroupVersionKind.of(text(json, "apiVersion"), text(json, "kind"));
  }

  /// Many keep it, and the parts of a service have the same few names: its strings are there once.
  public ObjectKey key() {
    JsonNode metadata = metadata();
    return new ObjectKey(text(metadata, "namespace").intern(), text(metadata, "name").intern());
  }

  public String name() {
    return text(metadata(), "name");
  }

  /// Empty for a cluster-scoped object.
  public String namespace() {
    return text(metadata(), "namespace");
  }

  public String uid() {
    return text(metadata(), "uid");
  }

  /// Opaque outside the store; empty on an object that was never stored.
  public String resourceVersion() {
    return text(metadata(), "resourceVersion");
  }

  public long generation() {
    return metadata().path("generation").asLong(0);
  }

  public Map<String, String> labels() {
    return strings(metadata().path("labels"));
  }

  public Map<String, String> annotations() {
    return strings(metadata().path("annotations"));
  }

  public Optional<Instant> creationTimestamp() {
    return time(metadata().path("creationTimestamp"));
  }

  public Optional<Instant> deletionTimestamp() {
    return time(metadata().path("deletionTimestamp"));
  }

  public List<String> finalizers() {
    List<String> finalizers = new ArrayList<>();
    metadata().path("finalizers").forEach(node -> finalizers.add(node.asString("")));
    return finalizers;
  }

  public List<OwnerReference> ownerReferences() {
    List<OwnerReference> owners = new ArrayList<>();
    for (JsonNode node : metadata().path("ownerReferences")) {
      owners.add(
          new OwnerReference(
              text(node, "apiVersion"),
              text(node, "kind"),
              text(node, "name"),
              text(node, "uid"),
              node.path("controller").asBoolean(false),
              node.path("blockOwnerDeletion").asBoolean(false)));
    }
    return owners;
  }

  public Optional<OwnerReference> controller() {
    return ownerReferences().stream().filter(OwnerReference::controller).findFirst();
  }

  /// A missing node where there is none, so that `path` can go on from it.
  public JsonNode metadata() {
    return json().path("metadata");
  }

  public JsonNode spec() {
    return json().path("spec");
  }

  public JsonNode status() {
    return json().path("status");
  }

  /// A changed deep copy.
  public KubernetesObject with(Consumer<ObjectNode> change) {
    ObjectNode copy = json().deepCopy();
    change.accept(copy);
    return new KubernetesObject(copy);
  }

  public KubernetesObject withStatus(ObjectNode status) {
    return with(copy -> copy.set("status", status));
  }

  /// A new object with nothing but its type, namespace (left out when empty) and name.
  public static KubernetesObject of(GroupVersionKind type, ObjectKey key) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("name", key.name());
    if (!key.namespace().isEmpty()) {
      metadata.put("namespace", key.namespace());
    }
    return new KubernetesObject(json);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KubernetesObject object
        && (this == object || json().equals(object.json()));
  }

  @Override
  public int hashCode() {
    return json().hashCode();
  }

  @Override
  public String toString() {
    return json().toString();
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> map = new LinkedHashMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
    return map;
  }

  private static Optional<Instant> time(JsonNode node) {
    return node.isString() ? Optional.of(Instant.parse(node.asString())) : Optional.empty();
  }
}

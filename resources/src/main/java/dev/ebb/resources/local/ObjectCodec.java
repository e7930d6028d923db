package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.store.Entry;
import dev.ebb.store.Store;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Turns entries of the store into objects and back. Thread-safe.
///
/// An object is kept in the version in which its kind is stored; other versions are made from that
/// when they are asked for.
///
/// The resource version is not in the bytes: it is the revision of the entry, which is only known
/// when they are written. All who read the newest state of a key get the same object, and
/// [RecentTrees] says how long that keeps the tree of its text. A key that is gone is forgotten, so
/// the objects are bounded by what is stored. Events are not kept: each object has several, and
/// nobody reads them but people.
final class ObjectCodec {
  /// etcd's default bound on one value; clients of Kubernetes are used to it.
  static final int MAX_OBJECT_BYTES = 1_572_864;

  /// A larger object is parsed each time: as a tree it takes many times its bytes, and definitions
  /// with long schemas, which are the most of these, are seldom read.
  private static final int MAX_KEPT_BYTES = 64 << 10;

  /// An entry as an object.
  private final class Decoded implements KubernetesObject.Source, RecentTrees.Tree {
    final Entry entry;
    final KubernetesObject object = new KubernetesObject(this);
    private volatile @Nullable ObjectNode tree;

    Decoded(Entry entry) {
      this.entry = entry;
    }

    @Override
    public ObjectNode json() {
      ObjectNode known = tree;
      if (known != null) {
        return known;
      }
      ObjectNode parsed = parse(entry);
      tree = parsed;
      recent.add(this);
      return parsed;
    }

    @Override
    public int textBytes() {
      return entry.value().length;
    }

    @Override
    public void drop() {
      tree = null;
    }
  }

  private final JsonMapper mapper = new JsonMapper();
  private final Store store;
  private final Versions versions;
  private final ConcurrentHashMap<String, Decoded> newest = new ConcurrentHashMap<>();
  private final RecentTrees recent;

  ObjectCodec(Store store, Versions versions) {
    this(store, versions, new RecentTrees());
  }

  ObjectCodec(Store store, Versions versions, RecentTrees recent) {
    this.store = store;
    this.versions = versions;
    this.recent = recent;
  }

  Optional<KubernetesObject> read(String key) {
    return store.get(key).map(this::decode);
  }

  Optional<KubernetesObject> read(KindDefinition kind, String key) {
    return read(key).map(object -> versions.view(kind, key, object));
  }

  /// The object in the version of a kind.
  KubernetesObject decode(KindDefinition kind, Entry entry) {
    return versions.view(kind, entry.key(), decode(entry));
  }

  /// The object in its stored version.
  KubernetesObject decode(Entry entry) {
    Decoded known = newest.get(entry.key());
    if (known != null && known.entry.revision() == entry.revision()) {
      return known.object;
    }
    if (entry.value().length > MAX_KEPT_BYTES || StoreKeys.isEvent(entry.key())) {
      return new KubernetesObject(parse(entry));
    }
    Decoded decoded = new Decoded(entry);
    Decoded kept =
        newest.merge(
            entry.key(), decoded, (a, b) -> a.entry.revision() >= b.entry.revision() ? a : b);
    if (store.get(entry.key()).isEmpty()) {
      newest.remove(entry.key()); // else a read that overlaps a deletion would leave it for ever
    }
    return kept.entry.revision() == entry.revision() ? kept.object : decoded.object;
  }

  /// As [#decode], for who looks once at what may be an old state: nothing of it is kept.
  KubernetesObject glance(Entry entry) {
    Decoded known = newest.get(entry.key());
    return known != null && known.entry.revision() == entry.revision()
        ? known.object
        : new KubernetesObject(parse(entry));
  }

  /// Parses everything under a prefix again when it is asked for: its kind has another schema.
  void forgetAll(String prefix) {
    newest.keySet().removeIf(key -> key.startsWith(prefix));
  }

  void forget(String key) {
    newest.remove(key);
  }

  /// @param json in the version of the kind
  /// @param previous what it replaces
  /// @throws ApiException 413 when the object is too large, 422 when the stored version refuses it
  byte[] encode(KindDefinition kind, ObjectNode json, Optional<Entry> previous) {
    versions.requireStorable(kind, json, previous.map(this::decode));
    byte[] bytes = mapper.writeValueAsBytes(versions.stored(kind, json));
    if (bytes.length > MAX_OBJECT_BYTES) {
      throw ApiException.tooLarge(
          "Request entity too large: the object has %d bytes, limit is %d"
              .formatted(bytes.length, MAX_OBJECT_BYTES));
    }
    return bytes;
  }

  /// The state of an object that was deleted, with the revision of the deletion.
  static KubernetesObject at(KubernetesObject object, long revision) {
    return object.with(json -> setResourceVersion(json, revision));
  }

  private ObjectNode parse(Entry entry) {
    JsonNode json = mapper.readTree(entry.value());
    if (!(json instanceof ObjectNode object)) {
      throw new IllegalStateException("no object under " + entry.key());
    }
    versions.modernise(entry.key(), object);
    setResourceVersion(object, entry.revision());
    if (object.path("metadata") instanceof ObjectNode metadata && metadata.has("managedFields")) {
      metadata.set("managedFields", CompactRecord.compact(metadata.path("managedFields")));
    }
    return object;
  }

  private static void setResourceVersion(ObjectNode json, long revision) {
    json.withObject("/metadata").put("resourceVersion", Long.toString(revision));
  }
}

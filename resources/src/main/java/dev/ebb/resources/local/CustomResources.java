package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.extensions.CrdConditions;
import dev.ebb.kinds.extensions.CrdNaming;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.kinds.extensions.ExtensionKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.store.Change;
import dev.ebb.store.Entry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// Serves what CustomResourceDefinitions define: decides which names are accepted, establishes
/// definitions, and deletes the objects of a definition before it goes itself.
///
/// A definition that is written takes effect before its writer gets an answer; its conditions
/// follow. Those that were established when the server stopped are served as soon as this is made.
public final class CustomResources implements AutoCloseable {
  /// Each one costs memory and makes discovery and OpenAPI longer; large clusters have some
  /// hundreds.
  static final int MAX_DEFINITIONS = 2000;

  private static final KindDefinition KIND = ExtensionKinds.DEFINITION;
  private static final WriteOptions CONDITIONS =
      WriteOptions.by("crd-controller").to(Subresource.STATUS);
  private static final WriteOptions FINALIZER = WriteOptions.by("crd-finalizer");

  private final LocalResources resources;
  private final DynamicKinds kinds;

  /// The names of all definitions and what has become of them, without their schemas, which are
  /// long: each decision looks at all.
  private final Map<String, KubernetesObject> known = new ConcurrentHashMap<>();

  private final StoreFollower follower;

  /// Starts at once. To be closed before the store.
  ///
  /// @param kinds those of the resources
  public CustomResources(LocalResources resources, DynamicKinds kinds) {
    this.resources = resources;
    this.kinds = kinds;
    resources.onDefinition(this::serve);
    resources
        .list(KIND, ListQuery.all())
        .items()
        .forEach(definition -> {
          kinds.put(definition);
          known.put(definition.name(), withoutVersions(definition));
        });
    this.follower = new StoreFollower("custom-resources", resources.store(), new Listener());
  }

  @Override
  public void close() {
    follower.close();
  }

  private static KubernetesObject withoutVersions(KubernetesObject definition) {
    ObjectNode json = definition.json().objectNode();
    json.set("metadata", definition.metadata());
    json.putObject("spec").set("group", definition.spec().path("group"));
    json.set("status", definition.status());
    return new KubernetesObject(json);
  }

  private Optional<KubernetesObject> find(String name) {
    return resources.find(KIND, ObjectKey.clusterScoped(name));
  }

  /// Reads the newest state inside of the lock, so the last of several writers leaves that.
  private synchronized void serve(String name) {
    Optional<KubernetesObject> definition = find(name);
    if (definition.isPresent()) {
      kinds.put(definition.get());
      known.put(name, withoutVersions(definition.get()));
    } else {
      kinds.remove(name);
      known.remove(name);
    }
    // What was read with the schema of before is read again.
    int dot = name.indexOf('.');
    if (dot > 0) {
      resources
          .codec()
          .forgetAll("/" + name.substring(dot + 1) + "/" + name.substring(0, dot) + "/");
    }
  }

  private final class Listener implements StoreFollower.Listener {
    private final String prefix = StoreKeys.prefix(KIND);

    /// The prefix of their objects to the names of those that are being deleted.
    private final Map<String, String> terminating = new HashMap<>();

    @Override
    public void restart() {
      terminating.clear();
    }

    @Override
    public Set<String> present(Entry entry) {
      return entry.key().startsWith(prefix) ? Set.of(name(entry.key())) : Set.of();
    }

    @Override
    public Set<String> changed(Change change) {
      boolean gone = change instanceof Change.Deleted;
      if (!change.key().startsWith(prefix)) {
        String objects =
            "/" + StoreKeys.group(change.key()) + "/" + StoreKeys.plural(change.key()) + "/";
        String owner = gone ? terminating.get(objects) : null;
        return owner == null ? Set.of() : Set.of(owner);
      }
      Set<String> names = new HashSet<>(Set.of(name(change.key())));
      if (gone) {
        // Its names are free: others of its group may have waited for them.
        String group = group(name(change.key()));
        known.keySet().stream().filter(other -> group(other).equals(group)).forEach(names::add);
      }
      return names;
    }

    @Override
    public void work(String name) {
      Optional<KubernetesObject> definition = find(name);
      terminating.values().remove(name);
      if (definition.isEmpty()) {
        return;
      }
      if (definition.get().deletionTimestamp().isEmpty()) {
        establish(definition.get());
      } else if (definition.get().finalizers().contains(DefinitionState.FINALIZER)) {
        terminating.put(objects(definition.get()), name);
        terminate(definition.get());
      }
    }

    private String name(String key) {
      return key.substring(key.lastIndexOf('/') + 1);
    }

    private String group(String name) {
      return name.substring(name.indexOf('.') + 1);
    }

    private String objects(KubernetesObject definition) {
      int dot = definition.name().indexOf('.');
      return "/"
          + definition.name().substring(dot + 1)
          + "/"
          + definition.name().substring(0, dot)
          + "/";
    }
  }

  private void establish(KubernetesObject definition) {
    boolean established = CrdConditions.isEstablished(definition);
    if (!established
        && known.values().stream().filter(CrdConditions::isEstablished).count()
            >= MAX_DEFINITIONS) {
      ObjectNode status = definition.json().deepCopy().withObject("/status");
      CrdConditions.set(
          status,
          CrdConditions.ESTABLISHED,
          "False",
          "TooManyDefinitions",
          "there are %d established definitions, and no more are served".formatted(MAX_DEFINITIONS),
          resources.now());
      write(definition, status);
      return;
    }
    String group = definition.spec().path("group").asString("");
    CrdNaming.Taken taken =
        CrdNaming.taken(
            group,
            known.values().stream()
                .filter(other -> !other.name().equals(definition.name()))
                .toList());
    ObjectNode status =
        CrdNaming.status(
            definition,
            taken,
            kinds.isBuiltIn(definition) ? "Ebb's own definition serves this kind" : "",
            resources.now());
    write(definition, status);
  }

  /// Whoever reads that a definition is established may ask for its objects at once, so it is
  /// served a moment before that is written.
  private void write(KubernetesObject definition, ObjectNode status) {
    if (SameJson.same(status, definition.status())) {
      return;
    }
    KubernetesObject told = definition.withStatus(status);
    boolean begins = CrdConditions.isEstablished(told) && !CrdConditions.isEstablished(definition);
    if (begins) {
      kinds.put(told);
    }
    try {
      resources.update(KIND, told, CONDITIONS);
    } catch (RuntimeException e) {
      if (begins) {
        serve(told.name()); // as it is stored after all
      }
      throw e;
    }
  }

  private void terminate(KubernetesObject definition) {
    KubernetesObject current = definition;
    if (kinds.isBuiltIn(definition)) {
      current =
          condition(
              current,
              "False",
              "OverlappingBuiltInResource",
              "instances overlap with built-in resources in storage");
    } else if (!CrdConditions.isEstablished(definition)) {
      current = condition(current, "False", "NeverEstablished", "resource was never established");
    } else {
      current =
          condition(
              current,
              "True",
              "InstanceDeletionInProgress",
              "CustomResource deletion is in progress");
      if (!deleteObjects(current)) {
        return; // the deletion of the last object wakes this again
      }
      current = condition(current, "False", "InstanceDeletionCompleted", "removed all instances");
    }
    resources.update(KIND, DefinitionState.released(current), FINALIZER);
  }

  /// @return whether all are gone
  private boolean deleteObjects(KubernetesObject definition) {
    Optional<KindDefinition> kind =
        kinds.stored(
            definition.spec().path("group").asString(""),
            definition.spec().path("names").path("plural").asString(""));
    if (kind.isEmpty()) {
      return true;
    }
    resources.deleteCollection(kind.get(), ListQuery.all(), DeleteOptions.background());
    return resources.list(kind.get(), ListQuery.all()).items().isEmpty();
  }

  private KubernetesObject condition(
      KubernetesObject definition, String value, String reason, String message) {
    KubernetesObject next =
        definition.with(json -> DefinitionState.set(json, value, reason, message, resources.now()));
    if (SameJson.same(next.json(), definition.json())) {
      return definition;
    }
    // A conflict is thrown on: the follower tries again from the newest state.
    return resources.update(KIND, next, CONDITIONS).object();
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.DeleteOptions.Propagation;
import dev.ebb.resources.WriteOptions;
import dev.ebb.store.Change;
import dev.ebb.store.Entry;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// Deletes what has lost its owners, and carries out foreground and orphaning deletions.
///
/// One reader follows the store from a listing on, so the graph of owners is complete and in order.
/// The graph only says at which objects to look: what is done about one is decided from the newest
/// state of it and of its owners, and each write carries that state's resource version. So a change
/// that was seen twice does no harm, and a restart begins by looking at everything.
///
/// The rules are those of Kubernetes (its documentation, "Garbage Collection"):
///
/// - an owner is there if an object of that kind and name, in the namespace of the dependent or
///   cluster-wide, has that uid; a reference to a kind that is not served proves nothing;
/// - without any owner left an object is deleted; with one left, references to lost ones go;
/// - an owner with the finalizer `foregroundDeletion` goes after the dependents that block it;
/// - one with the finalizer `orphan` goes after its dependents have forgotten it.
public final class OwnerGarbageCollector implements AutoCloseable {
  private static final WriteOptions WRITER = WriteOptions.by("generic-garbage-collector");

  private final LocalResources resources;
  private final OwnerLookup owners;
  private final OwnershipGraph graph = new OwnershipGraph(); // of the follower's thread
  private final StoreFollower follower;

  /// Starts at once. To be closed before the store.
  public OwnerGarbageCollector(LocalResources resources) {
    this.resources = resources;
    this.owners = new OwnerLookup(resources);
    this.follower = new StoreFollower("garbage-collector", resources.store(), new Listener());
  }

  @Override
  public void close() {
    follower.close();
  }

  private final class Listener implements StoreFollower.Listener {
    private long position;

    @Override
    public void restart() {
      graph.clear();
      position = 0;
    }

    @Override
    public Set<String> present(Entry entry) {
      position = Math.max(position, entry.revision());
      graph.add(entry.key(), resources.codec().glance(entry));
      return Set.of(entry.key());
    }

    @Override
    public Set<String> changed(Change change) {
      position = change.revision();
      Set<String> keys = new HashSet<>();
      switch (change) {
        case Change.Put put -> {
          keys.add(put.key());
          KubernetesObject object = resources.codec().decode(put.entry());
          Optional<KubernetesObject> before = put.previous().map(resources.codec()::glance);
          if (before.isEmpty()) {
            graph.add(put.key(), object);
          } else if (!before.get().ownerReferences().equals(object.ownerReferences())) {
            graph.remove(put.key(), before.get());
            graph.add(put.key(), object);
            keys.addAll(ownersOf(before.get()));
          }
        }
        case Change.Deleted deleted -> {
          KubernetesObject last = resources.codec().glance(deleted.previous());
          graph.remove(deleted.key(), last);
          keys.addAll(ownersOf(last));
          keys.addAll(graph.dependents(last.uid()));
        }
      }
      return keys;
    }

    /// An owner that waits for its dependents may wait for this one no longer.
    private Set<String> ownersOf(KubernetesObject dependent) {
      Set<String> keys = new HashSet<>();
      for (OwnerReference reference : dependent.ownerReferences()) {
        owners.key(dependent.namespace(), reference).ifPresent(keys::add);
      }
      return keys;
    }

    @Override
    public void work(String key) {
      Optional<KubernetesObject> object = resources.codec().read(key);
      Optional<KindDefinition> kind = object.flatMap(it -> resources.kindAt(key));
      // A state that the graph has not come to is left to the look that it will bring: its
      // dependents may not be in the graph yet.
      if (object.isPresent()
          && kind.isPresent()
          && Long.parseLong(object.get().resourceVersion()) <= position) {
        collect(kind.get(), object.get());
      }
    }
  }

  private void collect(KindDefinition kind, KubernetesObject object) {
    if (object.deletionTimestamp().isEmpty()) {
      followOwners(kind, object);
    } else if (object.finalizers().contains(GarbageFinalizers.ORPHAN)) {
      forEachDependent(
          object,
          (dependentKind, dependent) ->
              dropOwners(dependentKind, dependent, owner -> owner.uid().equals(object.uid())));
      dropFinalizer(kind, object, GarbageFinalizers.ORPHAN);
    } else if (object.finalizers().contains(GarbageFinalizers.FOREGROUND)) {
      forEachDependent(
          object,
          (dependentKind, dependent) -> {
            if (dependent.deletionTimestamp().isEmpty()) {
              followOwners(dependentKind, dependent);
            }
          });
      if (!isBlocked(object)) {
        dropFinalizer(kind, object, GarbageFinalizers.FOREGROUND);
      }
    }
  }

  private void followOwners(KindDefinition kind, KubernetesObject object) {
    if (object.ownerReferences().isEmpty()) {
      return;
    }
    Map<OwnerReference, OwnerLookup.State> states = owners.states(object);
    if (states.containsValue(OwnerLookup.State.THERE)) {
      dropOwners(kind, object, owner -> states.get(owner) != OwnerLookup.State.THERE);
      return;
    }
    boolean foreground =
        states.containsValue(OwnerLookup.State.WAITS_FOR_DEPENDENTS)
            && !graph.dependents(object.uid()).isEmpty()
            && !isInCircle(object);
    resources.delete(
        kind,
        object.key(),
        new DeleteOptions(
            foreground ? Propagation.FOREGROUND : GarbageFinalizers.propagation(object),
            Optional.of(object.uid()),
            Optional.of(object.resourceVersion()),
            false));
  }

  private boolean isBlocked(KubernetesObject owner) {
    boolean[] blocked = {false};
    forEachDependent(
        owner,
        (kind, dependent) -> {
          for (OwnerReference reference : dependent.ownerReferences()) {
            blocked[0] |= reference.uid().equals(owner.uid()) && reference.blockOwnerDeletion();
          }
        });
    return blocked[0];
  }

  /// Whether a dependent itself waits for its dependents: then two foreground deletions might wait
  /// for each other, and the circle is cut by deleting this one in the background.
  private boolean isInCircle(KubernetesObject object) {
    boolean[] circle = {false};
    forEachDependent(object, (kind, dependent) -> circle[0] |= OwnerLookup.waits(dependent));
    return circle[0];
  }

  private interface DependentVisitor {
    void visit(KindDefinition kind, KubernetesObject dependent);
  }

  private void forEachDependent(KubernetesObject owner, DependentVisitor visitor) {
    for (String key : graph.dependents(owner.uid())) {
      resources
          .codec()
          .read(key)
          .ifPresent(
              dependent -> resources.kindAt(key).ifPresent(kind -> visitor.visit(kind, dependent)));
    }
  }

  private void dropOwners(
      KindDefinition kind, KubernetesObject object, Predicate<OwnerReference> lost) {
    Set<String> uids = new HashSet<>();
    object.ownerReferences().stream().filter(lost).forEach(owner -> uids.add(owner.uid()));
    if (!uids.isEmpty()) {
      update(kind, object, "ownerReferences", node -> uids.contains(node.path("uid").asString("")));
    }
  }

  private void dropFinalizer(KindDefinition kind, KubernetesObject object, String finalizer) {
    update(kind, object, "finalizers", node -> node.asString("").equals(finalizer));
  }

  private void update(
      KindDefinition kind, KubernetesObject object, String list, Predicate<JsonNode> dropped) {
    KubernetesObject changed =
        object.with(json -> json.withArray("/metadata/" + list).removeIf(dropped));
    resources.update(kind, changed, WRITER);
  }
}

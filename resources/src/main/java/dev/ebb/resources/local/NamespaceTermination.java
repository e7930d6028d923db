package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.store.Change;
import dev.ebb.store.Entry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Empties the namespaces that are Terminating, and lets them go when they are empty.
///
/// Nothing is created in such a namespace (LocalResources refuses), so what is deleted here only
/// becomes less. Objects with finalizers are waited for: their deletion wakes this again.
public final class NamespaceTermination implements AutoCloseable {
  private static final WriteOptions WRITER =
      WriteOptions.by("namespace-controller").to(Subresource.FINALIZE);

  private static final WriteOptions TELLER =
      WriteOptions.by("namespace-controller").to(Subresource.STATUS);

  private final LocalResources resources;
  private final StoreFollower follower;

  /// Starts at once. To be closed before the store.
  public NamespaceTermination(LocalResources resources) {
    this.resources = resources;
    this.follower = new StoreFollower("namespace-termination", resources.store(), new Listener());
  }

  @Override
  public void close() {
    follower.close();
  }

  private final class Listener implements StoreFollower.Listener {
    private final Set<String> terminating = new HashSet<>();

    @Override
    public void restart() {
      terminating.clear();
    }

    @Override
    public Set<String> present(Entry entry) {
      return look(entry);
    }

    @Override
    public Set<String> changed(Change change) {
      return switch (change) {
        case Change.Put put -> look(put.entry());
        case Change.Deleted deleted -> {
          String namespace = StoreKeys.namespace(deleted.key());
          yield terminating.contains(namespace) ? Set.of(namespace) : Set.of();
        }
      };
    }

    private Set<String> look(Entry entry) {
      Optional<KindDefinition> kind = SystemKinds.namespace(resources.kinds());
      if (kind.isEmpty() || !entry.key().startsWith(StoreKeys.prefix(kind.get()))) {
        return Set.of();
      }
      KubernetesObject namespace = resources.codec().decode(entry);
      if (!NamespaceState.isTerminating(namespace)) {
        return Set.of();
      }
      terminating.add(namespace.name());
      return Set.of(namespace.name());
    }

    @Override
    public void work(String name) {
      KindDefinition kind = SystemKinds.namespace(resources.kinds()).orElseThrow();
      Optional<KubernetesObject> namespace = resources.find(kind, ObjectKey.clusterScoped(name));
      if (namespace.isEmpty()) {
        terminating.remove(name);
      } else if (NamespaceState.isTerminating(namespace.get())
          && NamespaceState.isHeld(kind, namespace.get())) {
        NamespaceContent left = empty(name);
        if (left.isEmpty()) {
          resources.update(kind, NamespaceState.released(namespace.get()), WRITER);
        } else {
          resources.update(kind, left.told(namespace.get(), resources.now()), TELLER);
          if (!left.failures().isEmpty()) {
            throw new IllegalStateException(String.join(", ", left.failures())); // again, later
          }
        }
      }
    }
  }

  /// Deletes what it can, and tells what is left.
  private NamespaceContent empty(String namespace) {
    NamespaceContent left = new NamespaceContent();
    for (KindDefinition kind : resources.kinds().stored()) {
      if (kind.namespaced()) {
        try {
          resources.deleteCollection(kind, ListQuery.in(namespace), DeleteOptions.background());
        } catch (ApiException refused) {
          left.failures().add(kind.qualifiedPlural() + ": " + refused.getMessage());
        }
        left.left(kind, resources.list(kind, ListQuery.in(namespace)).items());
      }
    }
    return left;
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who names whom as its owner: the index from the uid of an owner to its dependents. Not
/// thread-safe.
final class OwnershipGraph {
  /// @param namespace of the dependent, in which its owners are looked for
  record Node(String uid, String namespace, List<OwnerReference> owners) {}

  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Set<String>> dependents = new HashMap<>();

  /// @param key of the object in the store
  /// @return what was known of it before
  Optional<Node> put(String key, KubernetesObject object) {
    Node node = new Node(object.uid(), object.namespace(), object.ownerReferences());
    Node before = nodes.put(key, node);
    if (before != null && !before.equals(node)) {
      unlink(key, before);
    }
    for (OwnerReference owner : node.owners()) {
      dependents.computeIfAbsent(owner.uid(), uid -> new HashSet<>()).add(key);
    }
    return Optional.ofNullable(before);
  }

  /// @return what was known of it
  Optional<Node> remove(String key) {
    Node node = nodes.remove(key);
    if (node != null) {
      unlink(key, node);
    }
    return Optional.ofNullable(node);
  }

  private void unlink(String key, Node node) {
    for (OwnerReference owner : node.owners()) {
      Set<String> keys = dependents.getOrDefault(owner.uid(), new HashSet<>());
      keys.remove(key);
      if (keys.isEmpty()) {
        dependents.remove(owner.uid());
      }
    }
  }

  /// The keys of the objects that name this uid as an owner.
  Set<String> dependents(String uid) {
    return Set.copyOf(dependents.getOrDefault(uid, Set.of()));
  }

  void clear() {
    nodes.clear();
    dependents.clear();
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.resources.SetsByKey;
import java.util.Set;

/// Who names whom as its owner: the index from the uid of an owner to its dependents. It keeps
/// nothing of objects without owners; what an object said before, who changes it knows.
final class OwnershipGraph {
  private final SetsByKey<String, String> dependents = new SetsByKey<>();

  /// @param key of the object in the store
  void add(String key, KubernetesObject object) {
    for (OwnerReference owner : object.ownerReferences()) {
      dependents.add(owner.uid().intern(), key); // informers index by it too
    }
  }

  /// @param last what was added
  void remove(String key, KubernetesObject last) {
    for (OwnerReference owner : last.ownerReferences()) {
      dependents.remove(owner.uid(), key);
    }
  }

  /// The keys of the objects that name this uid as an owner.
  Set<String> dependents(String uid) {
    return Set.copyOf(dependents.get(uid));
  }

  void clear() {
    dependents.clear();
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What has become of the owners that an object names.
final class OwnerLookup {
  enum State {
    /// It is there, or cannot be looked for.
    THERE,
    /// It is deleted in the foreground, and waits until its dependents are gone.
    WAITS_FOR_DEPENDENTS,
    LOST
  }

  private final LocalResources resources;

  OwnerLookup(LocalResources resources) {
    this.resources = resources;
  }

  /// Each owner is looked up once, so that one decision is made from one view of them.
  Map<OwnerReference, State> states(KubernetesObject dependent) {
    Map<OwnerReference, State> states = new LinkedHashMap<>();
    for (OwnerReference owner : dependent.ownerReferences()) {
      states.put(owner, state(dependent, owner));
    }
    return states;
  }

  private State state(KubernetesObject dependent, OwnerReference reference) {
    Optional<String> key = key(dependent.namespace(), reference);
    if (key.isEmpty()) {
      return State.THERE;
    }
    Optional<KubernetesObject> owner =
        resources.codec().read(key.get()).filter(it -> it.uid().equals(reference.uid()));
    if (owner.isEmpty()) {
      return State.LOST;
    }
    return waits(owner.get()) ? State.WAITS_FOR_DEPENDENTS : State.THERE;
  }

  static boolean waits(KubernetesObject object) {
    return object.deletionTimestamp().isPresent()
        && object.finalizers().contains(GarbageFinalizers.FOREGROUND);
  }

  /// Where in the store the owner must be. Empty when its kind is not served, or when a
  /// cluster-scoped object names an owner that lives in a namespace.
  ///
  /// @param namespace of the dependent
  Optional<String> key(String namespace, OwnerReference reference) {
    Optional<KindDefinition> kind =
        resources.kinds().byType(GroupVersionKind.of(reference.apiVersion(), reference.kind()));
    return kind.filter(it -> !it.namespaced() || !namespace.isEmpty())
        .map(it ->
            StoreKeys.of(it, new ObjectKey(it.namespaced() ? namespace : "", reference.name())));
  }
}

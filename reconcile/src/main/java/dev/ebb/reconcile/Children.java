package dev.ebb.reconcile;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writes the objects that another one owns: made when they are missing, changed when they differ,
/// never touched when they belong to somebody else.
public final class Children {
  private final Resources resources;
  private final WriteOptions options;

  public Children(Resources resources, String fieldManager) {
    this(resources, WriteOptions.by(fieldManager));
  }

  public Children(Resources resources, WriteOptions options) {
    this.resources = resources;
    this.options = options;
  }

  /// What is now under the child's name.
  public sealed interface Child {
    record Owned(KubernetesObject object) implements Child {}

    /// An object of that name that this owner does not control; it was left as it is.
    record Foreign(KubernetesObject object) implements Child {}
  }

  /// @param cached what an informer knows of the child
  /// @param desired with its controller reference
  public Child apply(
      KindDefinition kind, Optional<KubernetesObject> cached, KubernetesObject desired) {
    return apply(kind, cached, desired, Births.UNTOLD);
  }

  /// As [#apply], and tells of a birth.
  public Child apply(
      KindDefinition kind,
      Optional<KubernetesObject> cached,
      KubernetesObject desired,
      Births births) {
    KubernetesObject present = cached.orElseGet(() -> ensure(kind, desired, births));
    return change(kind, present, desired, /* exactly= */ false);
  }

  /// As [#apply], but labels and annotations that the owner does not ask for go: somebody wrote
  /// them there, or the owner asked for them once. Tells of a birth.
  public Child applyExactly(
      KindDefinition kind,
      Optional<KubernetesObject> cached,
      KubernetesObject desired,
      Births births) {
    KubernetesObject present = cached.orElseGet(() -> ensure(kind, desired, births));
    return change(kind, present, desired, /* exactly= */ true);
  }

  /// Makes an object where none of its name is.
  ///
  /// @return what is there now, which a cache may not have seen yet
  public KubernetesObject ensure(KindDefinition kind, KubernetesObject desired) {
    return ensure(kind, desired, Births.UNTOLD);
  }

  /// As [#ensure], and tells of a birth.
  public KubernetesObject ensure(KindDefinition kind, KubernetesObject desired, Births births) {
    try {
      KubernetesObject made = resources.create(kind, desired, options).object();
      births.made(made);
      return made;
    } catch (ApiException refused) {
      if (!refused.status().reason().equals("AlreadyExists")) {
        births.refused(desired, refused);
        throw refused;
      }
      return resources.get(kind, desired.key());
    }
  }

  private Child change(
      KindDefinition kind, KubernetesObject present, KubernetesObject desired, boolean exactly) {
    if (!controllerUid(present).equals(controllerUid(desired))) {
      return new Child.Foreign(present);
    }
    boolean same =
        StatusWriter.same(present.spec(), desired.spec())
            && has(present.labels(), desired.labels(), exactly)
            && has(present.annotations(), desired.annotations(), exactly);
    if (same || present.deletionTimestamp().isPresent()) {
      return new Child.Owned(present);
    }
    KubernetesObject changed =
        present.with(json -> {
          json.set("spec", desired.spec().deepCopy());
          if (exactly) {
            json.withObject("/metadata").remove(List.of("labels", "annotations"));
          }
          putAll(json, "labels", desired.labels());
          putAll(json, "annotations", desired.annotations());
        });
    return new Child.Owned(resources.update(kind, changed, options).object());
  }

  private static boolean has(
      Map<String, String> present, Map<String, String> desired, boolean exactly) {
    return exactly ? present.equals(desired) : present.entrySet().containsAll(desired.entrySet());
  }

  /// A new object that its owner controls: it goes when the owner goes.
  public static KubernetesObject ownedBy(
      KubernetesObject owner,
      KubernetesObject child,
      Map<String, String> labels,
      Map<String, String> annotations) {
    return child.with(json -> {
      putAll(json, "labels", labels);
      putAll(json, "annotations", annotations);
      json.withObject("/metadata")
          .putArray("ownerReferences")
          .addObject()
          .put("apiVersion", owner.groupVersionKind().apiVersion())
          .put("kind", owner.groupVersionKind().kind())
          .put("name", owner.name())
          .put("uid", owner.uid())
          .put("controller", true)
          .put("blockOwnerDeletion", true);
    });
  }

  public static boolean isControlledBy(KubernetesObject object, KubernetesObject owner) {
    return controllerUid(object).equals(owner.uid());
  }

  private static String controllerUid(KubernetesObject object) {
    return object.controller().map(OwnerReference::uid).orElse("");
  }

  private static void putAll(ObjectNode json, String field, Map<String, String> values) {
    if (!values.isEmpty()) {
      ObjectNode map = json.withObject("/metadata").withObject("/" + field);
      values.forEach(map::put);
    }
  }
}

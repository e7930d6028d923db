package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.extensions.CrdConditions;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The end of a CustomResourceDefinition: a finalizer holds it until [CustomResources] has deleted
/// its objects.
final class DefinitionState {
  static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

  private DefinitionState() {}

  /// The finalizers of an object that is deleted.
  static List<String> finalizers(
      KindDefinition kind, KubernetesObject current, List<String> finalizers) {
    if (!SystemKinds.isDefinition(kind)
        || current.deletionTimestamp().isPresent()
        || finalizers.contains(FINALIZER)) {
      return finalizers;
    }
    List<String> held = new ArrayList<>(finalizers);
    held.add(FINALIZER);
    return held;
  }

  static void terminate(ObjectNode definition, String now) {
    set(
        definition,
        "True",
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        now);
  }

  static void set(ObjectNode definition, String value, String reason, String message, String now) {
    CrdConditions.set(
        definition.withObject("/status"), CrdConditions.TERMINATING, value, reason, message, now);
  }

  /// The definition without the finalizer.
  static KubernetesObject released(KubernetesObject definition) {
    return definition.with(json ->
        json.withArray("/metadata/finalizers")
            .removeIf(node -> node.asString("").equals(FINALIZER)));
  }
}

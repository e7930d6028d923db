package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The life of a Namespace: Active, then Terminating while its content goes. `spec.finalizers`
/// holds it until [NamespaceTermination] has seen it empty.
final class NamespaceState {
  private static final String FINALIZER = "kubernetes";

  /// The platform stands on them, so as in Kubernetes nobody may delete them.
  private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

  private NamespaceState() {}

  /// @throws ApiException 403 for a namespace that must stay
  static void requireMortal(KindDefinition kind, ObjectKey key) {
    if (SystemKinds.isNamespace(kind) && IMMORTAL.contains(key.name())) {
      throw ApiException.forbidden(kind, key.name(), "this namespace may not be deleted");
    }
  }

  static void begin(ObjectNode namespace) {
    namespace.putObject("spec").putArray("finalizers").add(FINALIZER);
  }

  static void terminate(ObjectNode namespace) {
    namespace.withObject("/status").put("phase", "Terminating");
  }

  static boolean isTerminating(KubernetesObject namespace) {
    return namespace.deletionTimestamp().isPresent();
  }

  /// Whether this is a Namespace that must still be emptied.
  static boolean isHeld(KindDefinition kind, KubernetesObject object) {
    return SystemKinds.isNamespace(kind) && !object.spec().path("finalizers").isEmpty();
  }

  /// The namespace when it has been emptied.
  static KubernetesObject released(KubernetesObject namespace) {
    return namespace.with(json ->
        json.withArray("/spec/finalizers").removeIf(node -> node.asString("").equals(FINALIZER)));
  }

  /// The present object with the `spec.finalizers` of another.
  static ObjectNode finalizers(KubernetesObject current, KubernetesObject incoming) {
    ObjectNode json = current.json().deepCopy();
    ObjectNode spec = json.withObject("/spec");
    if (incoming.spec().path("finalizers").isEmpty()) {
      spec.remove("finalizers");
    } else {
      spec.set("finalizers", incoming.spec().path("finalizers").deepCopy());
    }
    return json;
  }
}

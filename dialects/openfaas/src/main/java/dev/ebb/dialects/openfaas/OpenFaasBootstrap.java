package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import java.util.Map;

/// What OpenFaaS's installer would have made: its two namespaces and the password. What is there
/// stays as it is.
public final class OpenFaasBootstrap {
  private OpenFaasBootstrap() {}

  public static void run(Resources resources) {
    ensure(
        resources,
        CoreKinds.NAMESPACE,
        namespace(
            FunctionNamespaces.SYSTEM,
            Map.of("role", "openfaas-system", "access", "openfaas-system")));
    ensure(
        resources,
        CoreKinds.NAMESPACE,
        namespace(
            FunctionNamespaces.DEFAULT,
            Map.of("role", "openfaas-fn", FunctionNamespaces.LABEL, FunctionNamespaces.LABELLED)));
    if (resources.find(CoreKinds.SECRET, BasicAuth.SECRET).isEmpty()) {
      ensure(resources, CoreKinds.SECRET, BasicAuth.newSecret());
    }
  }

  private static KubernetesObject namespace(String name, Map<String, String> labels) {
    return KubernetesObject.of(CoreKinds.NAMESPACE.type(), ObjectKey.clusterScoped(name))
        .with(json -> Json.put(json.withObject("/metadata"), "labels", labels));
  }

  private static void ensure(Resources resources, KindDefinition kind, KubernetesObject object) {
    if (resources.find(kind, object.key()).isEmpty()) {
      try {
        resources.create(kind, object, Writes.OPTIONS);
      } catch (ApiException refused) {
        // Somebody applied OpenFaaS's own manifests at this very moment.
        if (!refused.isAlreadyExists()) {
          throw refused;
        }
      }
    }
  }
}

package dev.ebb.resources.local;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;

/// That the ServiceAccount of a Pod is there when the Pod is made, as Kubernetes's admission plugin
/// `ServiceAccount` wants it. Controllers tell it in their own places.
final class PodAccounts {
  private static final GroupVersionKind ACCOUNT = new GroupVersionKind("", "v1", "ServiceAccount");

  private final Resources resources;

  PodAccounts(Resources resources) {
    this.resources = resources;
  }

  /// The account `default` is made with the namespace, perhaps a moment later: Pods wait for it.
  ///
  /// @throws ApiException 403
  void require(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    if (!SystemKinds.isPod(kind) || options.byController()) {
      return;
    }
    String account = object.spec().path("serviceAccountName").asString("");
    if (account.isEmpty() || account.equals("default")) {
      return;
    }
    var key = new ObjectKey(object.namespace(), account);
    boolean missing =
        resources
            .kinds()
            .byType(ACCOUNT)
            .filter(known -> resources.find(known, key).isEmpty())
            .isPresent();
    if (missing) {
      throw ApiException.forbidden(
          kind,
          object.name(),
          "error looking up service account %s/%s: serviceaccount \"%s\" not found"
              .formatted(object.namespace(), account, account));
    }
  }
}

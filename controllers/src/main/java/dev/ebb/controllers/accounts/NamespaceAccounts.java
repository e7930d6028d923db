package dev.ebb.controllers.accounts;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.util.Optional;

/// Brings about what every Namespace has.
final class NamespaceAccounts implements Reconciler {
  static final String DEFAULT = "default";
  static final String ROOT_CERTIFICATE = "kube-root-ca.crt";

  private static final String DESCRIPTION = "kubernetes.io/description";
  private static final String CERTIFICATE = "ca.crt";
  private static final WriteOptions WRITER = WriteOptions.by("serviceaccount-controller");

  private final Resources resources;
  private final Credentials credentials;

  NamespaceAccounts(Resources resources, Credentials credentials) {
    this.resources = resources;
    this.credentials = credentials;
  }

  @Override
  public Result reconcile(ObjectKey namespace) {
    boolean alive =
        resources
            .find(CoreKinds.NAMESPACE, namespace)
            .filter(object -> object.deletionTimestamp().isEmpty())
            .isPresent();
    if (alive) {
      account(namespace.name());
      certificate(namespace.name());
    }
    return Result.done();
  }

  private void account(String namespace) {
    ObjectKey key = new ObjectKey(namespace, DEFAULT);
    if (resources.find(CoreKinds.SERVICE_ACCOUNT, key).isEmpty()) {
      create(CoreKinds.SERVICE_ACCOUNT, KubernetesObject.of(CoreKinds.SERVICE_ACCOUNT.type(), key));
    }
  }

  private void certificate(String namespace) {
    ObjectKey key = new ObjectKey(namespace, ROOT_CERTIFICATE);
    String pem = credentials.authorityPem();
    Optional<KubernetesObject> present = resources.find(CoreKinds.CONFIG_MAP, key);
    if (present.isEmpty()) {
      create(
          CoreKinds.CONFIG_MAP,
          KubernetesObject.of(CoreKinds.CONFIG_MAP.type(), key)
              .with(json -> {
                json.withObject("/metadata")
                    .putObject("annotations")
                    .put(DESCRIPTION, "The certificate with which a client knows this API server.");
                json.putObject("data").put(CERTIFICATE, pem);
              }));
    } else if (!present.get().json().path("data").path(CERTIFICATE).asString("").equals(pem)) {
      resources.update(
          CoreKinds.CONFIG_MAP,
          present.get().with(json -> json.putObject("data").put(CERTIFICATE, pem)),
          WRITER);
    }
  }

  private void create(KindDefinition kind, KubernetesObject object) {
    try {
      resources.create(kind, object, WRITER);
    } catch (ApiException e) {
      if (!e.isAlreadyExists()) {
        throw e; // Of a namespace that is going: the next look finds that it is.
      }
    }
  }
}

package dev.ebb.controllers.accounts;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Controller;
import dev.ebb.reconcile.Index;
import dev.ebb.reconcile.Informer;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.WorkQueue;
import dev.ebb.resources.Resources;
import java.util.List;

/// Gives each Namespace its ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`, again
/// and again if they are taken away, and each Secret of type `kubernetes.io/service-account-token`
/// its token.
///
/// ```
/// var accounts = new AccountControllers(resources, credentials);
/// accounts.start();
/// ```
public final class AccountControllers implements AutoCloseable {
  /// One at a time is as fast as anybody needs ServiceAccounts.
  private static final int WORKERS = 1;

  private final Informer namespaces;
  private final Informer accounts;
  private final Informer configMaps;
  private final Informer secrets;
  private final Index secretsByAccount;
  private final Controller ofNamespaces;
  private final Controller ofSecrets;

  public AccountControllers(Resources resources, Credentials credentials) {
    namespaces = informer(resources, CoreKinds.NAMESPACE);
    accounts = informer(resources, CoreKinds.SERVICE_ACCOUNT);
    configMaps = informer(resources, CoreKinds.CONFIG_MAP);
    secrets = informer(resources, CoreKinds.SECRET);
    secretsByAccount =
        secrets.index(secret ->
            TokenSecrets.isToken(secret)
                ? List.of(TokenSecrets.account(secret).toString())
                : List.of());
    ofNamespaces =
        new Controller(
            "namespace-accounts",
            new WorkQueue(),
            new NamespaceAccounts(resources, credentials),
            WORKERS);
    ofSecrets =
        new Controller(
            "token-secret", new WorkQueue(), new TokenSecrets(resources, credentials), WORKERS);
  }

  public void start() {
    namespaces.onChange(change -> ofNamespaces.enqueue(change.object().key()));
    accounts.onChange(this::accountChanged);
    configMaps.onChange(change -> {
      if (change.object().name().equals(NamespaceAccounts.ROOT_CERTIFICATE)) {
        ofNamespaces.enqueue(ObjectKey.clusterScoped(change.object().namespace()));
      }
    });
    secrets.onChange(change -> {
      if (!change.deleted() && TokenSecrets.isToken(change.object())) {
        ofSecrets.enqueue(change.object().key());
      }
    });
    all().forEach(Informer::start);
    ofNamespaces.start();
    ofSecrets.start();
  }

  @Override
  public void close() {
    all().forEach(Informer::close);
    ofNamespaces.close();
    ofSecrets.close();
  }

  private void accountChanged(ObjectChange change) {
    KubernetesObject account = change.object();
    if (change.deleted() && account.name().equals(NamespaceAccounts.DEFAULT)) {
      ofNamespaces.enqueue(ObjectKey.clusterScoped(account.namespace()));
    }
    for (KubernetesObject secret : secretsByAccount.get(account.key().toString())) {
      ofSecrets.enqueue(secret.key());
    }
  }

  private List<Informer> all() {
    return List.of(namespaces, accounts, configMaps, secrets);
  }

  private static Informer informer(Resources resources, KindDefinition kind) {
    return new Informer(resources, kind);
  }
}

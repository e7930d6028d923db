package dev.ebb.controllers;

import dev.ebb.controllers.certificates.CertificatePublisher;
import dev.ebb.controllers.certificates.SecretCertificate;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The Secret that `config-kourier` names -> the gateway's certificate for hosts that have no
/// other. There is no status that could tell what is wrong with it, so Events of the ConfigMap do.
final class DefaultCertificateReconciler implements Reconciler {
  static final ObjectKey CONFIG = new ObjectKey(SystemSettings.NAMESPACE, SystemSettings.INGRESS);

  private static final Logger LOG = System.getLogger(DefaultCertificateReconciler.class.getName());

  private final Context context;
  private final SystemConfig config;
  private final CertificatePublisher publisher;
  private final Runnable changed;

  /// @param changed called when hosts have another certificate than before
  DefaultCertificateReconciler(
      Context context, SystemConfig config, CertificatePublisher publisher, Runnable changed) {
    this.context = context;
    this.config = config;
    this.publisher = publisher;
    this.changed = changed;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<ObjectKey> wanted = config.ingress().defaultCertificate();
    Optional<KubernetesObject> secret = wanted.flatMap(context.informers().secrets()::get);
    Optional<SecretCertificate> read =
        secret.map(it -> SecretCertificate.of(it, List.of(), context.now()));
    Optional<String> problem =
        wanted.isPresent() && secret.isEmpty()
            ? Optional.of("Secret \"%s\" does not exist".formatted(wanted.get()))
            : read.flatMap(SecretCertificate::problem);
    problem.ifPresent(this::tell);
    if (publisher.fallBack(read.flatMap(SecretCertificate::certificate))) {
      changed.run();
    }
    return read.flatMap(SecretCertificate::until)
        .map(until -> Result.requeueAfter(Duration.between(context.now(), until)))
        .orElseGet(Result::done);
  }

  private void tell(String problem) {
    LOG.log(Level.WARNING, problem);
    context
        .informers()
        .configMaps()
        .get(CONFIG)
        .ifPresent(it -> context.events().warning(it, "CertificateProvisionFailed", problem + "."));
  }
}

package dev.ebb.controllers.accounts;

import dev.ebb.kinds.KubernetesObject;

/// What only the API server can give: its certificate, and tokens that it will know again.
public interface Credentials {
  /// The certificate that clients have to trust, in PEM.
  String authorityPem();

  /// A token for a Secret of type `kubernetes.io/service-account-token`.
  String token(KubernetesObject serviceAccount, KubernetesObject secret);
}

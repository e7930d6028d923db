package dev.ebb.server;

import dev.ebb.apiserver.CertificateAuthority;
import dev.ebb.apiserver.CertificateAuthority.Identity;
import dev.ebb.controllers.certificates.CertificateIssuer;
import dev.ebb.dataplane.ServerCertificate;
import java.util.List;

/// Ebb's own authority as the controllers know it. Clients trust `pki/ca.crt` for the API already.
final class GatewayCertificates {
  private GatewayCertificates() {}

  static CertificateIssuer by(CertificateAuthority authority) {
    return hosts -> {
      Identity identity = authority.issue(hosts);
      return new ServerCertificate(
          "of Ebb for " + String.join(", ", hosts),
          List.of(identity.certificate(), identity.authority()),
          identity.key());
    };
  }
}

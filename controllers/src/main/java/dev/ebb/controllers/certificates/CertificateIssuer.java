package dev.ebb.controllers.certificates;

import dev.ebb.dataplane.ServerCertificate;
import java.util.Collection;

/// An authority that signs certificates for hosts. Thread-safe; takes some milliseconds.
@FunctionalInterface
public interface CertificateIssuer {
  /// @param hosts names, and wildcards as `*.default.localhost`
  /// @return one that lasts for days, by an authority that clients can be given
  ServerCertificate issue(Collection<String> hosts);
}

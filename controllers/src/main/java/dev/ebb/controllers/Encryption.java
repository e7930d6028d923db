package dev.ebb.controllers;

import dev.ebb.dataplane.ServerCertificate;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// How the hosts of a Route or a DomainMapping are encrypted.
///
/// @param redirected whether who comes without TLS is told to come back with it
/// @param certificates that the gateway must have for it, by host or wildcard
/// @param provisioned the condition `CertificateProvisioned`
/// @param until when this may be otherwise
record Encryption(
    Scheme scheme,
    boolean redirected,
    Map<String, ServerCertificate> certificates,
    Condition provisioned,
    Optional<Instant> until) {
  static final String CERTIFICATE_PROVISIONED = "CertificateProvisioned";

  /// How URLs begin.
  enum Scheme {
    HTTP,
    /// At the gateway's port for it.
    HTTPS,
    /// By a proxy before the gateway, at the usual port.
    HTTPS_ELSEWHERE
  }

  Encryption {
    certificates = Map.copyOf(certificates);
  }
}

package dev.ebb.dataplane;

import java.util.Map;
import java.util.Optional;

/// Which certificate clients of HTTPS get, by the host that they name in the handshake (RFC 6066,
/// section 3). Immutable.
///
/// @param hosts lower case; `*.example.com` is for all names with one label before `example.com`
///   that have no certificate of their own
/// @param fallback for other hosts, and for clients that name none; without it those are refused
public record CertificateTable(
    Map<String, ServerCertificate> hosts, Optional<ServerCertificate> fallback) {
  public static final CertificateTable EMPTY = new CertificateTable(Map.of(), Optional.empty());

  public CertificateTable {
    hosts = Map.copyOf(hosts);
  }
}

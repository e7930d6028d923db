package dev.ebb.gateway;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.ServerCertificate;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [CertificateTable] made ready for handshakes: a hash by host, and one by what follows the
/// first label for wildcards. Certificates that a table before had keep what was made of them, and
/// so do the sessions of their clients. Immutable.
final class CertificateIndex {
  static final CertificateIndex EMPTY = new CertificateIndex(Map.of(), Map.of(), null);

  private final Map<ServerCertificate, TlsIdentity> identities;
  private final Map<String, TlsIdentity> hosts;
  private final @Nullable TlsIdentity fallback;

  private CertificateIndex(
      Map<ServerCertificate, TlsIdentity> identities,
      Map<String, TlsIdentity> hosts,
      @Nullable TlsIdentity fallback) {
    this.identities = identities;
    this.hosts = hosts;
    this.fallback = fallback;
  }

  static CertificateIndex of(CertificateTable table, CertificateIndex previous) {
    Map<ServerCertificate, TlsIdentity> identities = new HashMap<>();
    Map<String, TlsIdentity> hosts = HashMap.newHashMap(table.hosts().size());
    table
        .hosts()
        .forEach(
            (host, certificate) -> hosts.put(host, identity(certificate, identities, previous)));
    return new CertificateIndex(
        identities,
        hosts,
        table.fallback().map(one -> identity(one, identities, previous)).orElse(null));
  }

  private static TlsIdentity identity(
      ServerCertificate certificate,
      Map<ServerCertificate, TlsIdentity> identities,
      CertificateIndex previous) {
    return identities.computeIfAbsent(
        certificate,
        one -> {
          TlsIdentity before = previous.identities.get(one);
          return before == null ? new TlsIdentity(one) : before;
        });
  }

  boolean has(TlsIdentity identity) {
    return identities.get(identity.certificate()) == identity;
  }

  /// @param host lower case; null when the client named none
  /// @return null when there is no certificate for it
  @Nullable TlsIdentity find(@Nullable String host) {
    if (host != null) {
      TlsIdentity exact = hosts.get(host);
      if (exact != null) {
        return exact;
      }
      int dot = host.indexOf('.');
      TlsIdentity wildcard = dot < 0 ? null : hosts.get("*" + host.substring(dot));
      if (wildcard != null) {
        return wildcard;
      }
    }
    return fallback;
  }
}

package dev.ebb.controllers.certificates;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.ServerCertificate;
import dev.ebb.kinds.ObjectKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Keeps the gateway's certificates equal to what DomainMappings, Routes and the operator want. A
/// change is in the gateway when a method returns; before [#open] nothing is. Thread-safe.
public final class CertificatePublisher {
  private final GatewayControl gateway;
  private final Map<ObjectKey, Map.Entry<String, ServerCertificate>> mappings = new HashMap<>();
  private final Map<String, ServerCertificate> shared = new HashMap<>();
  private Optional<ServerCertificate> fallback = Optional.empty();
  private boolean open;

  public CertificatePublisher(GatewayControl gateway) {
    this.gateway = gateway;
  }

  public synchronized void open() {
    open = true;
    publish();
  }

  /// @param mapping whose domain has the certificate; it goes before those of services
  public synchronized void assign(ObjectKey mapping, String domain, ServerCertificate certificate) {
    Map.Entry<String, ServerCertificate> next = Map.entry(domain, certificate);
    if (!next.equals(mappings.put(mapping, next))) {
      publish();
    }
  }

  public synchronized void remove(ObjectKey mapping) {
    if (mappings.remove(mapping) != null) {
      publish();
    }
  }

  /// @param name host or wildcard of services
  public synchronized void share(String name, ServerCertificate certificate) {
    if (!certificate.equals(shared.put(name, certificate))) {
      // Those of namespaces that have gone were not renewed.
      shared.values().removeIf(old -> end(old).isBefore(begin(certificate)));
      publish();
    }
  }

  /// Services have none any more.
  public synchronized void unshareAll() {
    if (!shared.isEmpty()) {
      shared.clear();
      publish();
    }
  }

  /// @param certificate for all hosts that have no other
  /// @return whether it is another one than before
  public synchronized boolean fallBack(Optional<ServerCertificate> certificate) {
    boolean changed = !certificate.equals(fallback);
    fallback = certificate;
    if (changed) {
      publish();
    }
    return changed;
  }

  /// The certificate for all, if it is for this host.
  public synchronized Optional<ServerCertificate> fallbackFor(String host) {
    return fallback.filter(one -> CertificateNames.covers(one.chain().getFirst(), host));
  }

  private static Instant begin(ServerCertificate certificate) {
    return certificate.chain().getFirst().getNotBefore().toInstant();
  }

  private static Instant end(ServerCertificate certificate) {
    return certificate.chain().getFirst().getNotAfter().toInstant();
  }

  private void publish() {
    if (open) {
      Map<String, ServerCertificate> hosts = new HashMap<>(shared);
      mappings.values().forEach(one -> hosts.put(one.getKey(), one.getValue()));
      gateway.certificates(new CertificateTable(hosts, fallback));
    }
  }
}

package dev.ebb.controllers.certificates;

import dev.ebb.dataplane.ServerCertificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Certificates by Ebb's own authority, in memory only: a new server signs new ones, with new keys.
/// Thread-safe.
///
/// Services of a namespace have one certificate together, as with Knative's namespace certificates,
/// so ten thousand services cost no more than their namespaces.
public final class IssuedCertificates {
  private final CertificateIssuer issuer;
  private final InstantSource clock;
  private final Map<String, Issued> issued = new HashMap<>();

  public IssuedCertificates(CertificateIssuer issuer, InstantSource clock) {
    this.issuer = issuer;
    this.clock = clock;
  }

  /// @param renewal when it should be asked for again: a third of its time is left then
  public record Issued(ServerCertificate certificate, Instant renewal) {}

  /// The name of the certificate that a service's host shares with those beside it. A wildcard for
  /// all of a top-level domain is not for us to have, and clients would refuse it.
  public static String shared(String host) {
    int dot = host.indexOf('.');
    return dot > 0 && host.indexOf('.', dot + 1) > 0 ? "*" + host.substring(dot) : host;
  }

  /// @param name host or wildcard
  public synchronized Issued get(String name) {
    Instant now = clock.instant();
    Issued present = issued.get(name);
    if (present != null && now.isBefore(present.renewal())) {
      return present;
    }
    // Nobody asked again for those that have ended.
    issued.values().removeIf(one -> end(one.certificate()).isBefore(now));
    ServerCertificate certificate = issuer.issue(List.of(name));
    Duration third = Duration.between(now, end(certificate)).dividedBy(3);
    Issued next = new Issued(certificate, end(certificate).minus(third));
    issued.put(name, next);
    return next;
  }

  private static Instant end(ServerCertificate certificate) {
    return certificate.chain().getFirst().getNotAfter().toInstant();
  }
}

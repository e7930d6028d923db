package dev.ebb.controllers;

import dev.ebb.controllers.Encryption.Scheme;
import dev.ebb.controllers.certificates.CertificatePublisher;
import dev.ebb.controllers.certificates.IssuedCertificates;
import dev.ebb.controllers.certificates.IssuedCertificates.Issued;
import dev.ebb.controllers.certificates.SecretCertificate;
import dev.ebb.dataplane.ServerCertificate;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.NetworkSettings;
import dev.ebb.kinds.settings.NetworkSettings.HttpProtocol;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Decides how hosts are encrypted, with Knative's words for it: a DomainMapping may bring a
/// certificate in a Secret, `external-domain-tls` gives one to every host, the operator's is for
/// all that have none. Changes nothing.
final class EncryptionPlanner {
  /// As Knative tells it where nobody switched it on.
  private static final String NO_EXTERNAL_TLS = "external-domain-tls is not enabled";

  private final Informers informers;
  private final SystemConfig config;
  private final IssuedCertificates issued;
  private final CertificatePublisher publisher;
  private final InstantSource clock;

  EncryptionPlanner(
      Informers informers,
      SystemConfig config,
      IssuedCertificates issued,
      CertificatePublisher publisher,
      InstantSource clock) {
    this.informers = informers;
    this.config = config;
    this.issued = issued;
    this.publisher = publisher;
    this.clock = clock;
  }

  /// @param hosts of the Route and its tags, outside of the cluster; empty when there are none
  Encryption ofRoute(KubernetesObject route, Collection<String> hosts) {
    return hosts.isEmpty()
        ? plain("TLS is not enabled for cluster-local", Scheme.HTTP, false)
        : external(route, hosts, IssuedCertificates::shared);
  }

  Encryption ofMapping(KubernetesObject mapping) {
    String secret = mapping.spec().path("tls").path("secretName").asString("");
    return secret.isEmpty()
        ? external(mapping, List.of(mapping.name()), Function.identity())
        : provided(mapping, new ObjectKey(mapping.namespace(), secret));
  }

  private Encryption provided(KubernetesObject mapping, ObjectKey key) {
    Optional<SecretCertificate> read =
        informers
            .secrets()
            .get(key)
            .map(it -> SecretCertificate.of(it, List.of(mapping.name()), clock.instant()));
    Map<String, ServerCertificate> certificates = new HashMap<>();
    read.flatMap(SecretCertificate::certificate)
        .ifPresent(one -> certificates.put(mapping.name(), one));
    Condition provisioned =
        read.isEmpty()
            ? condition(
                Status.UNKNOWN,
                "CertificateNotReady",
                "Secret \"%s\" does not exist.".formatted(key))
            : read.get()
                .problem()
                .map(
                    problem -> condition(Status.FALSE, "CertificateProvisionFailed", problem + "."))
                .orElseGet(() ->
                    condition(
                        Status.TRUE,
                        "CertificateExternallyProvided",
                        "TLS certificate was provided externally"));
    return new Encryption(
        Scheme.HTTPS,
        redirects(mapping, config.network()),
        certificates,
        provisioned,
        read.flatMap(SecretCertificate::until));
  }

  private Encryption external(
      KubernetesObject object, Collection<String> hosts, Function<String, String> certificateOf) {
    NetworkSettings network = config.network();
    List<String> bare =
        hosts.stream().filter(host -> publisher.fallbackFor(host).isEmpty()).toList();
    if (!network.externalDomainTls() || isDisabled(object)) {
      boolean served = bare.isEmpty();
      Scheme encrypted = served ? Scheme.HTTPS : Scheme.HTTPS_ELSEWHERE;
      return plain(
          NO_EXTERNAL_TLS,
          network.defaultExternalScheme().equals("https") ? encrypted : Scheme.HTTP,
          served && redirects(object, network));
    }
    Map<String, ServerCertificate> certificates = new HashMap<>();
    Instant renewal = Instant.MAX;
    try {
      for (String name : bare.stream().map(certificateOf).distinct().toList()) {
        Issued one = issued.get(name);
        certificates.put(name, one.certificate());
        renewal = one.renewal().isBefore(renewal) ? one.renewal() : renewal;
      }
    } catch (UncheckedIOException failure) {
      return new Encryption(
          Scheme.HTTPS,
          redirects(object, network),
          certificates,
          condition(
              Status.FALSE,
              "CertificateProvisionFailed",
              "Certificate %s fails to be provisioned: %s"
                  .formatted(bare.getFirst(), failure.getMessage())),
          Optional.empty());
    }
    return new Encryption(
        Scheme.HTTPS,
        redirects(object, network),
        certificates,
        condition(Status.TRUE, "", ""),
        certificates.isEmpty() ? Optional.empty() : Optional.of(renewal));
  }

  private static Encryption plain(String message, Scheme scheme, boolean redirected) {
    return new Encryption(
        scheme,
        redirected,
        Map.of(),
        condition(Status.TRUE, "TLSNotEnabled", message),
        Optional.empty());
  }

  /// The object's own word goes before that for all; one that is none counts for nothing.
  private static boolean redirects(KubernetesObject object, NetworkSettings network) {
    return switch (annotation(object, Labels.HTTP_PROTOCOL).toLowerCase(Locale.ROOT)) {
      case "redirected" -> true;
      case "enabled" -> false;
      default -> network.httpProtocol() == HttpProtocol.REDIRECTED;
    };
  }

  private static boolean isDisabled(KubernetesObject object) {
    return annotation(object, Labels.DISABLE_EXTERNAL_DOMAIN_TLS).equalsIgnoreCase("true");
  }

  private static String annotation(KubernetesObject object, List<String> names) {
    return names.stream()
        .flatMap(name -> Optional.ofNullable(object.annotations().get(name)).stream())
        .findFirst()
        .orElse("");
  }

  private static Condition condition(Status status, String reason, String message) {
    return new Condition(Encryption.CERTIFICATE_PROVISIONED, status, reason, message);
  }
}

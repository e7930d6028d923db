package dev.ebb.controllers.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ebb.dataplane.ServerCertificate;
import dev.ebb.kinds.KubernetesObject;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What a Secret with `tls.crt` and `tls.key` is good for at some moment. Pure.
///
/// A certificate that clients will refuse, because it is for another host or has ended, is shown to
/// them all the same: they say so themselves, and better. Its owner is told.
///
/// @param certificate empty when there is nothing to show
/// @param problem why clients will not trust it, or why there is nothing; empty when all is well
/// @param until when this may be otherwise
public record SecretCertificate(
    Optional<ServerCertificate> certificate, Optional<String> problem, Optional<Instant> until) {

  /// @param hosts that it is to be for; empty where that is not known
  public static SecretCertificate of(
      KubernetesObject secret, Collection<String> hosts, Instant now) {
    String name = "Secret \"%s\"".formatted(secret.key());
    ServerCertificate read;
    try {
      read = read(secret);
    } catch (UnusableException unusable) {
      return new SecretCertificate(
          Optional.empty(),
          Optional.of("%s cannot be used: %s".formatted(name, unusable.getMessage())),
          Optional.empty());
    }
    X509Certificate certificate = read.chain().getFirst();
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isBefore(begin)) {
      return told(read, "The certificate in %s begins %s".formatted(name, begin), begin);
    }
    if (!now.isBefore(end)) {
      return new SecretCertificate(
          Optional.of(read),
          Optional.of("The certificate in %s ended %s".formatted(name, end)),
          Optional.empty());
    }
    return hosts.stream()
        .filter(host -> !CertificateNames.covers(certificate, host))
        .findFirst()
        .map(host ->
            told(
                read,
                "The certificate in %s is not for %s but for %s"
                    .formatted(name, host, named(certificate)),
                end))
        .orElseGet(
            () -> new SecretCertificate(Optional.of(read), Optional.empty(), Optional.of(end)));
  }

  private static SecretCertificate told(ServerCertificate read, String problem, Instant until) {
    return new SecretCertificate(Optional.of(read), Optional.of(problem), Optional.of(until));
  }

  private static String named(X509Certificate certificate) {
    Collection<String> names = CertificateNames.of(certificate);
    return names.isEmpty() ? "no host" : String.join(", ", names);
  }

  private static ServerCertificate read(KubernetesObject secret) {
    List<X509Certificate> chain = chain(text(secret, "tls.crt"));
    return new ServerCertificate(
        secret.key().toString(),
        chain,
        PrivateKeys.read(text(secret, "tls.key"), chain.getFirst().getPublicKey()));
  }

  private static List<X509Certificate> chain(String pem) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<X509Certificate> chain = new ArrayList<>();
      for (byte[] der : PemBlocks.all(pem, "CERTIFICATE")) {
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
      if (chain.isEmpty()) {
        throw new UnusableException("there is no certificate in tls.crt");
      }
      return chain;
    } catch (CertificateException | IllegalArgumentException _) {
      throw new UnusableException("a certificate in tls.crt is damaged");
    }
  }

  private static String text(KubernetesObject secret, String key) {
    String base64 = secret.json().path("data").path(key).asString("");
    if (base64.isEmpty()) {
      throw new UnusableException("it has no " + key);
    }
    try {
      return new String(Base64.getDecoder().decode(base64), ISO_8859_1);
    } catch (IllegalArgumentException _) {
      throw new UnusableException(key + " is no Base64");
    }
  }
}

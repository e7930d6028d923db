package dev.ebb.controllers;

import dev.ebb.dataplane.ServerCertificate;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObjectGenerator;

/// Signs certificates, and writes them as users' tools do.
final class TestAuthority {
  private final InstantSource clock;
  private final KeyPair own = keys("EC");

  TestAuthority(InstantSource clock) {
    this.clock = clock;
  }

  static KeyPair keys(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As Ebb's own authority would.
  ServerCertificate issue(Collection<String> hosts) {
    KeyPair keys = keys("EC");
    Instant now = clock.instant();
    return new ServerCertificate(
        "issued for " + hosts,
        List.of(certificate(keys, now, now.plus(Duration.ofDays(30)), hosts)),
        keys.getPrivate());
  }

  X509Certificate certificate(KeyPair of, Instant begin, Instant end, Collection<String> hosts) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=authority"),
              new BigInteger(64, new SecureRandom()),
              Date.from(begin),
              Date.from(end),
              new X500Name("CN=server"),
              of.getPublic());
      if (!hosts.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                hosts.stream()
                    .map(host -> new GeneralName(GeneralName.dNSName, host))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A certificate, or a key in its old form.
  static String pem(Object written) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(written);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  static String pkcs8(PrivateKey key) {
    try {
      PemObjectGenerator modern = new JcaPKCS8Generator(key, null);
      return pem(modern);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Of type `kubernetes.io/tls`, in the namespace `default`.
  static String secret(String name, String certificate, String key) {
    return """
    {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
     "metadata": {"name": "%s", "namespace": "default"},
     "data": {"tls.crt": "%s", "tls.key": "%s"}}
    """
        .formatted(name, base64(certificate), base64(key));
  }

  /// With a certificate for hosts, for the next thirty days.
  String secret(String name, Collection<String> hosts) {
    ServerCertificate issued = issue(hosts);
    return secret(name, pem(issued.chain().getFirst()), pkcs8(issued.key()));
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}

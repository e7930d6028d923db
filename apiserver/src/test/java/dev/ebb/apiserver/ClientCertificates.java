package dev.ebb.apiserver;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates as somebody would make them with openssl and the files of `pki`.
final class ClientCertificates {
  private ClientCertificates() {}

  /// A kubeconfig with a client certificate instead of a token.
  ///
  /// @param subject `CN=jane,O=dev`
  static String kubeconfig(TestServer server, Path authority, String subject, Instant end)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    X509Certificate issuer = Pem.certificate(Files.readString(authority.resolve("ca.crt")));
    PrivateKey key = Pem.key(Files.readString(authority.resolve("ca.key")));
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
            BigInteger.valueOf(42),
            Date.from(end.minusSeconds(86_400)),
            Date.from(end),
            new X500Name(subject),
            keys.getPublic());
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
    X509Certificate certificate =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    String trusted = Files.readString(server.config.pki().resolve("ca.crt"));
    return """
    {"apiVersion": "v1", "kind": "Config", "current-context": "c",
     "clusters": [{"name": "c", "cluster": {"server": "%s", "certificate-authority-data": "%s"}}],
     "users": [{"name": "u", "user": {"client-certificate-data": "%s", "client-key-data": "%s"}}],
     "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}
    """
        .formatted(
            server.server.url(),
            base64(trusted),
            base64(Pem.encode(certificate)),
            base64(Pem.encode(keys.getPrivate())));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}

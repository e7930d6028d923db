package dev.ebb.apiserver;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/// Certificates and elliptic-curve keys as text (RFC 7468).
final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String PUBLIC_KEY = "PUBLIC KEY";

  private Pem() {}

  static X509Certificate certificate(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /// @throws IllegalArgumentException when there is no key in the text
  static PrivateKey key(String pem) throws GeneralSecurityException {
    byte[] der =
        der(pem, PRIVATE_KEY).orElseThrow(() -> new IllegalArgumentException("no private key"));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  /// @throws IllegalArgumentException when there is no key in the text
  static PublicKey publicKey(String pem) throws GeneralSecurityException {
    byte[] der =
        der(pem, PUBLIC_KEY).orElseThrow(() -> new IllegalArgumentException("no public key"));
    return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
  }

  private static Optional<byte[]> der(String pem, String label) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf(end);
    return from < 0 || to < from
        ? Optional.empty()
        : Optional.of(Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to)));
  }

  static String encode(X509Certificate certificate) {
    try {
      return encode(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read or made has an encoding", e);
    }
  }

  static String encode(PublicKey key) {
    return encode(PUBLIC_KEY, key.getEncoded());
  }

  static String encode(PrivateKey key) {
    return encode(PRIVATE_KEY, key.getEncoded());
  }

  private static String encode(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}

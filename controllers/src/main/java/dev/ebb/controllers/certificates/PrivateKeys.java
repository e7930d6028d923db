package dev.ebb.controllers.certificates;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;

/// Private keys in the three forms that tools write: PKCS #8 (RFC 5958), which Java reads, and the
/// older ones of RSA (RFC 8017, appendix A.1.2) and of elliptic curves (RFC 5915). Those become
/// PKCS #8 when the algorithm is put before them, which the certificate names.
final class PrivateKeys {
  private static final byte SEQUENCE = 0x30;
  private static final byte OCTET_STRING = 0x04;
  private static final byte[] VERSION = {0x02, 0x01, 0x00};
  private static final int SHORT_LENGTH = 0x80;

  private PrivateKeys() {}

  /// The key of a certificate.
  ///
  /// @throws UnusableException telling why there is none; never with a part of it
  static PrivateKey read(String pem, PublicKey certified) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(certified.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8(pem, certified)));
      if (!belongTogether(key, certified)) {
        throw new UnusableException("the key is not that of the certificate");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // Not as a cause: its message might quote what could not be read.
      throw new UnusableException(
          "there is no %s key in tls.key, as the certificate has it"
              .formatted(certified.getAlgorithm()));
    }
  }

  private static byte[] pkcs8(String pem, PublicKey certified) {
    Optional<byte[]> modern = PemBlocks.first(pem, "PRIVATE KEY");
    if (modern.isPresent()) {
      return modern.get();
    }
    if (PemBlocks.first(pem, "ENCRYPTED PRIVATE KEY").isPresent() || pem.contains("DEK-Info:")) {
      throw new UnusableException("the key is encrypted");
    }
    byte[] old =
        PemBlocks.first(pem, "EC PRIVATE KEY")
            .or(() -> PemBlocks.first(pem, "RSA PRIVATE KEY"))
            .orElseThrow(() -> new UnusableException("there is no private key in tls.key"));
    return element(
        SEQUENCE, join(VERSION, algorithm(certified.getEncoded()), element(OCTET_STRING, old)));
  }

  /// The first element in a SubjectPublicKeyInfo (RFC 5280, section 4.1).
  private static byte[] algorithm(byte[] publicKey) {
    int begin = 1 + lengthBytes(publicKey, 0);
    int end = begin + 1 + lengthBytes(publicKey, begin) + length(publicKey, begin);
    return Arrays.copyOfRange(publicKey, begin, end);
  }

  private static int lengthBytes(byte[] der, int element) {
    int first = der[element + 1] & 0xff;
    return first < SHORT_LENGTH ? 1 : 1 + first - SHORT_LENGTH;
  }

  private static int length(byte[] der, int element) {
    int length = der[element + 1] & 0xff;
    if (length < SHORT_LENGTH) {
      return length;
    }
    int bytes = length - SHORT_LENGTH;
    length = 0;
    for (int i = 0; i < bytes; i++) {
      length = (length << 8) | (der[element + 2 + i] & 0xff);
    }
    return length;
  }

  private static byte[] element(byte type, byte[] content) {
    byte[] length =
        content.length < SHORT_LENGTH
            ? new byte[] {(byte) content.length}
            : new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
    return join(new byte[] {type}, length, content);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (key instanceof RSAKey own && certified instanceof RSAKey told) {
      return own.getModulus().equals(told.getModulus());
    }
    byte[] text = {'e', 'b', 'b'};
    Signature signature =
        Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA");
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(text);
    return signature.verify(signed);
  }
}

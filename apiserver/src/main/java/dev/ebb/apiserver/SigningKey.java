package dev.ebb.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The key that signs the tokens of ServiceAccounts: P-256, in `sa.key` and `sa.pub` beside the
/// certificates. Without it all of those tokens are void; it is made once, and never renewed by
/// itself.
final class SigningKey {
  /// ES256 of RFC 7518: the two numbers of the signature side by side, not in ASN.1.
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

  private static final int COORDINATE_BYTES = 32;

  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final String id;

  private SigningKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.id = base64(sha256(publicKey.getEncoded()));
  }

  /// Reads the key; makes it, readable by the owner only, when there is none.
  ///
  /// @throws UncheckedIOException when the files can neither be read nor written
  static SigningKey readOrCreate(Path directory) {
    Path secret = directory.resolve("sa.key");
    Path open = directory.resolve("sa.pub");
    try {
      if (Files.exists(secret) && Files.exists(open)) {
        return new SigningKey(
            Pem.key(Files.readString(secret)), Pem.publicKey(Files.readString(open)));
      }
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      // The secret half last: half of a pair is made again as a whole.
      PrivateFiles.write(open, Pem.encode(keys.getPublic()));
      PrivateFiles.write(secret, Pem.encode(keys.getPrivate()));
      return new SigningKey(keys.getPrivate(), keys.getPublic());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the key " + secret, e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UncheckedIOException(
          new IOException("%s or %s is damaged; remove both".formatted(secret, open), e));
    }
  }

  /// Names the key in a token's header.
  String id() {
    return id;
  }

  byte[] sign(byte[] content) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(privateKey);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was read or made can sign", e);
    }
  }

  boolean verifies(byte[] content, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(publicKey);
      signature.update(content);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // A signature of another length: not ours.
    }
  }

  /// A JSON Web Key Set (RFC 7517), for those who verify tokens themselves.
  ObjectNode keySet() {
    ECPublicKey key = (ECPublicKey) publicKey;
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    set.putArray("keys")
        .addObject()
        .put("use", "sig")
        .put("kty", "EC")
        .put("kid", id)
        .put("crv", "P-256")
        .put("alg", "ES256")
        .put("x", base64(coordinate(key.getW().getAffineX())))
        .put("y", base64(coordinate(key.getW().getAffineY())));
    return set;
  }

  @Override
  public String toString() {
    return "SigningKey[" + id + "]";
  }

  /// Left-padded with zeros, as RFC 7518 wants it.
  private static byte[] coordinate(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[COORDINATE_BYTES];
    int count = Math.min(bytes.length, COORDINATE_BYTES);
    System.arraycopy(bytes, bytes.length - count, padded, COORDINATE_BYTES - count, count);
    return padded;
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }
}

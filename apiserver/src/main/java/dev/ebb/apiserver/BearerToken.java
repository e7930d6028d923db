package dev.ebb.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/// The secret that makes a client the administrator: 256 random bits, in base64url.
public final class BearerToken {
  private static final int BYTES = 32;

  private final byte[] value;

  private BearerToken(String value) {
    this.value = value.getBytes(StandardCharsets.UTF_8);
  }

  /// Reads the token; makes it, readable by the owner only, when there is none.
  ///
  /// @throws UncheckedIOException when the file can neither be read nor written
  public static BearerToken readOrCreate(Path file) {
    try {
      if (Files.exists(file)) {
        String text = Files.readString(file).strip();
        if (!text.isEmpty()) {
          return new BearerToken(text);
        }
      }
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      PrivateFiles.write(file, text + "\n");
      return new BearerToken(text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write the token " + file, e);
    }
  }

  /// In a time that does not depend on how much of it is right.
  boolean matches(String candidate) {
    return MessageDigest.isEqual(value, candidate.getBytes(StandardCharsets.UTF_8));
  }

  /// For a kubeconfig. Not for a log.
  String secret() {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "BearerToken[...]";
  }
}

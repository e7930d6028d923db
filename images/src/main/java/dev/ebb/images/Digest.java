package dev.ebb.images;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// SHA-256 in the form of the OCI descriptors: `sha256:` and 64 hexadecimal digits.
public final class Digest {
  private static final String PREFIX = "sha256:";
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  private Digest() {}

  public static String of(byte[] bytes) {
    var hash = sha256();
    hash.update(bytes);
    return of(hash);
  }

  /// Makes the digest of what was hashed so far, and begins again.
  public static String of(MessageDigest hash) {
    return PREFIX + HexFormat.of().formatHex(hash.digest());
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  public static boolean isValid(String digest) {
    return FORM.matcher(digest).matches();
  }

  /// The digits alone, which are a file's name.
  public static String hex(String digest) {
    return digest.substring(PREFIX.length());
  }
}

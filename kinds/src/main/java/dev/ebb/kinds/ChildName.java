package dev.ebb.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names of objects that are made for another one: its name and a suffix. Where that is longer than
/// a label of DNS, the end of the name is a digest of it, so that two long ones stay two.
///
/// Source: `kmeta.ChildName` of Knative, for the same names.
public final class ChildName {
  private static final int LONGEST = 63;
  private static final int DIGEST = 32;

  private ChildName() {}

  /// @param suffix of less than 31 characters
  public static String of(String parent, String suffix) {
    if (parent.length() + suffix.length() <= LONGEST) {
      return parent + suffix;
    }
    return parent.substring(0, LONGEST - DIGEST - suffix.length()) + digest(parent) + suffix;
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}

package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.InstanceId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Names of instances in the form of a Deployment's Pods.
public final class InstanceNames {
  // Kubernetes takes names from these, so that no word comes out.
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int RANDOM_LETTERS = 5;
  private static final int HASH_LETTERS = 10;
  private static final String MIDDLE = "-deployment-";
  private static final int LONGEST_REVISION =
      63 - MIDDLE.length() - HASH_LETTERS - 1 - RANDOM_LETTERS;

  private InstanceNames() {}

  /// At most 63 characters: the revision's name is cut where that is too much.
  static InstanceId next(String revision, String hash, RandomGenerator random) {
    var name = new StringBuilder(revision);
    name.setLength(Math.min(revision.length(), LONGEST_REVISION));
    while (name.charAt(name.length() - 1) == '-') {
      name.setLength(name.length() - 1);
    }
    name.append(MIDDLE).append(hash).append('-');
    for (int i = 0; i < RANDOM_LETTERS; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new InstanceId(name.toString());
  }

  /// Ten hexadecimal digits of what instances run.
  public static String hash(String whatRuns) {
    return digest(whatRuns).substring(0, HASH_LETTERS);
  }

  /// A name short enough for a unix socket's path.
  public static String shortName(InstanceId id) {
    return digest(id.value()).substring(0, 12);
  }

  private static String digest(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.kinds.ChildName;
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

  /// Tell what instances of one revision run, old and new, well enough.
  private static final int LEAST_HASH_LETTERS = 4;

  private static final int LONGEST = 63;

  private InstanceNames() {}

  /// At most 63 characters. Where that is too much, the hash is cut first, as on a cluster, so that
  /// people find Pods by their Deployment's name, and then that name.
  static InstanceId next(String revision, String hash, RandomGenerator random) {
    var name = new StringBuilder(ChildName.of(revision, "-deployment"));
    int room = LONGEST - 2 - RANDOM_LETTERS;
    int letters = Math.clamp(room - name.length(), LEAST_HASH_LETTERS, hash.length());
    name.setLength(Math.min(name.length(), room - letters));
    while (name.charAt(name.length() - 1) == '-') {
      name.setLength(name.length() - 1);
    }
    name.append('-').append(hash, 0, letters).append('-');
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

package dev.ebb.kinds;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The order in which Kubernetes prefers the versions of a group: `v10`, `v2`, `v1`, `v11beta2`,
/// `v10beta3`, `v3beta1`, `v12alpha1`, and then by the alphabet what is not of that form.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority">Version
///   priority</a>
public final class VersionPriority {
  /// The preferred version first.
  public static final Comparator<String> PREFERRED_FIRST =
      Comparator.comparing(VersionPriority::parse).reversed().thenComparing(name -> name);

  private static final Pattern FORM =
      Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

  private VersionPriority() {}

  /// @param stability 3 general, 2 beta, 1 alpha, 0 unknown
  private record Parsed(int stability, int major, int minor) implements Comparable<Parsed> {
    private static final Comparator<Parsed> ORDER =
        Comparator.comparingInt(Parsed::stability)
            .thenComparingInt(Parsed::major)
            .thenComparingInt(Parsed::minor);

    @Override
    public int compareTo(Parsed other) {
      return ORDER.compare(this, other);
    }
  }

  private static Parsed parse(String version) {
    Matcher matcher = FORM.matcher(version);
    if (!matcher.matches()) {
      return new Parsed(0, 0, 0);
    }
    int major = Integer.parseInt(matcher.group(1));
    if (matcher.group(2) == null) {
      return new Parsed(3, major, 0);
    }
    int stability = matcher.group(2).equals("beta") ? 2 : 1;
    return new Parsed(stability, major, Integer.parseInt(matcher.group(3)));
  }
}

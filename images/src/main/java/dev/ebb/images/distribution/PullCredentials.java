package dev.ebb.images.distribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The credentials that a Pod's `imagePullSecrets` give, each for the images whose name its key
/// matches. Immutable. Rules: the kubelet's,
/// <https://kubernetes.io/docs/concepts/containers/images>.
///
/// ```
/// var credentials = PullCredentials.ofSecret("kubernetes.io/dockerconfigjson", secret.data());
/// ```
public record PullCredentials(List<Entry> entries) {
  /// @param key host, optional port, optional path; `*` and `?` stand within one part of a host
  public record Entry(RegistryKey key, Credential credential) {}

  private static final PullCredentials NONE = new PullCredentials(List.of());

  public PullCredentials {
    entries = List.copyOf(entries);
  }

  /// For images that anybody may pull.
  public static PullCredentials none() {
    return NONE;
  }

  /// One for one image.
  public static PullCredentials of(ImageReference image, Credential credential) {
    return new PullCredentials(List.of(new Entry(new RegistryKey(image.name()), credential)));
  }

  /// Those of a Secret; none for a Secret of another type.
  ///
  /// @param type `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg`
  /// @param data decoded values by key
  /// @throws ImageException with [ImageException.Reason#INVALID] when the value is malformed
  public static PullCredentials ofSecret(String type, Map<String, byte[]> data) {
    return DockerConfig.ofSecret(type, data);
  }

  /// These and then those.
  public PullCredentials and(PullCredentials others) {
    if (others.entries.isEmpty()) {
      return this;
    }
    var all = new ArrayList<>(entries);
    all.addAll(others.entries);
    return new PullCredentials(all);
  }

  /// What to try for that image, one after the other: longer keys first, as they say more.
  public List<Credential> matching(ImageReference image) {
    return entries.stream()
        .filter(it -> it.key().matches(image))
        .sorted(Comparator.comparing(it -> it.key().text(), Comparator.reverseOrder()))
        .map(Entry::credential)
        .distinct()
        .toList();
  }
}

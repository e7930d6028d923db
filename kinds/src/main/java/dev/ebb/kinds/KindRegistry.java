package dev.ebb.kinds;

import java.util.Collection;
import java.util.Optional;

/// The kinds that are served. Thread-safe; may grow and shrink while the server runs.
public interface KindRegistry {
  /// Every version that is served.
  Collection<KindDefinition> all();

  Optional<KindDefinition> byType(GroupVersionKind type);

  /// By the words of a URL: group (empty for core), version, plural.
  Optional<KindDefinition> byResource(String group, String version, String plural);

  /// One definition for each resource: that of the version in which it is stored, which need not be
  /// served.
  default Collection<KindDefinition> stored() {
    return all().stream().filter(KindDefinition::isStored).toList();
  }

  /// The version in which a resource is stored.
  default Optional<KindDefinition> stored(String group, String plural) {
    return stored().stream()
        .filter(kind -> kind.plural().equals(plural) && kind.group().equals(group))
        .findFirst();
  }
}

package dev.ebb.kinds;

import java.util.Collection;
import java.util.Optional;

/// The kinds that are served. Thread-safe; may grow while the server runs.
public interface KindRegistry {
  Collection<KindDefinition> all();

  Optional<KindDefinition> byType(GroupVersionKind type);

  /// By the words of a URL: group (empty for core), version, plural.
  Optional<KindDefinition> byResource(String group, String version, String plural);
}

package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All that discovery and OpenAPI tell of: the kinds of stored objects, and computed ones behind
/// them, so that a word that means one of each (`pods`) means the stored one. Thread-safe.
final class ServedKinds implements KindRegistry {
  private final KindRegistry stored;
  private final List<KindDefinition> computed;

  ServedKinds(KindRegistry stored, List<ComputedResource> computed) {
    this.stored = stored;
    this.computed = computed.stream().map(ComputedResource::kind).toList();
  }

  @Override
  public Collection<KindDefinition> all() {
    List<KindDefinition> all = new ArrayList<>(stored.all());
    all.addAll(computed);
    return all;
  }

  @Override
  public Optional<KindDefinition> byType(GroupVersionKind type) {
    return Stream.concat(stored.byType(type).stream(), computed.stream())
        .filter(kind -> kind.type().equals(type))
        .findFirst();
  }

  @Override
  public Optional<KindDefinition> byResource(String group, String version, String plural) {
    return Stream.concat(
            stored.byResource(group, version, plural).stream(),
            computed.stream()
                .filter(kind -> kind.group().equals(group) && kind.plural().equals(plural))
                .filter(kind -> kind.type().version().equals(version)))
        .findFirst();
  }
}

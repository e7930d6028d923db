package dev.ebb.server;

import dev.ebb.images.containers.ContentCollector;
import dev.ebb.images.registry.Registry;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the built-in registry has, as the collector asks for it: its repositories belong to the
/// namespaces of the API.
final class PushedImages implements ContentCollector.Pushed {
  private final Registry registry;
  private final Resources resources;

  PushedImages(Registry registry, Resources resources) {
    this.registry = registry;
    this.resources = resources;
  }

  @Override
  public List<String> collect(Set<String> used, Instant before) {
    Set<String> namespaces = new HashSet<>();
    resources
        .list(CoreKinds.NAMESPACE, ListQuery.all())
        .items()
        .forEach(namespace -> namespaces.add(namespace.name()));
    return registry.collectUnnamed(namespaces::contains, used, before);
  }

  @Override
  public Set<String> digests() {
    registry.collect();
    return registry.digests();
  }
}

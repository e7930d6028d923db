package dev.ebb.kinds.extensions;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The built-in kinds, and those of CustomResourceDefinitions while the server runs.
///
/// A built-in kind keeps its definition: a CustomResourceDefinition of the same group and plural
/// adds nothing. Thread-safe: readers see one whole state, writers exclude each other.
public final class DynamicKinds implements KindRegistry {
  private final KindRegistry builtIn;
  private volatile State state;

  public DynamicKinds(KindRegistry builtIn) {
    this.builtIn = builtIn;
    this.state = State.of(builtIn, Map.of());
  }

  private record Resource(String group, String version, String plural) {}

  /// @param custom the versions of each definition, by its name
  private record State(
      Map<String, List<CustomKinds.Version>> custom,
      List<KindDefinition> all,
      List<KindDefinition> stored,
      Map<GroupVersionKind, KindDefinition> byType,
      Map<Resource, KindDefinition> byResource,
      Map<Resource, KindDefinition> byStorage) {
    static State of(KindRegistry builtIn, Map<String, List<CustomKinds.Version>> custom) {
      List<KindDefinition> all = new ArrayList<>(builtIn.all());
      List<KindDefinition> stored = new ArrayList<>(builtIn.stored());
      Map<GroupVersionKind, KindDefinition> byType = new LinkedHashMap<>();
      Map<Resource, KindDefinition> byResource = new LinkedHashMap<>();
      Map<Resource, KindDefinition> byStorage = new LinkedHashMap<>();
      for (List<CustomKinds.Version> versions : custom.values()) {
        for (CustomKinds.Version version : versions) {
          KindDefinition kind = version.kind();
          if (version.served()) {
            all.add(kind);
            byType.put(kind.type(), kind);
            byResource.put(new Resource(kind.group(), kind.type().version(), kind.plural()), kind);
          }
          if (kind.isStored()) {
            stored.add(kind);
            byStorage.put(new Resource(kind.group(), "", kind.plural()), kind);
          }
        }
      }
      return new State(
          custom, List.copyOf(all), List.copyOf(stored), byType, byResource, byStorage);
    }
  }

  /// Whether the definition is of a kind that is built in.
  public boolean isBuiltIn(KubernetesObject definition) {
    return builtIn
        .stored(
            definition.spec().path("group").asString(""),
            definition.spec().path("names").path("plural").asString(""))
        .isPresent();
  }

  /// Serves the kinds of a definition as it is now, if it is established.
  ///
  /// @param definition in the form of `v1`
  public synchronized void put(KubernetesObject definition) {
    boolean served = CrdConditions.isEstablished(definition) && !isBuiltIn(definition);
    replace(definition.name(), served ? CustomKinds.of(definition) : List.of());
  }

  /// Serves the kinds of a definition no longer.
  public synchronized void remove(String name) {
    replace(name, List.of());
  }

  private void replace(String name, List<CustomKinds.Version> versions) {
    if (versions.isEmpty() && !state.custom().containsKey(name)) {
      return;
    }
    Map<String, List<CustomKinds.Version>> custom = new TreeMap<>(state.custom());
    if (versions.isEmpty()) {
      custom.remove(name);
    } else {
      custom.put(name, versions);
    }
    state = State.of(builtIn, custom);
  }

  @Override
  public Collection<KindDefinition> all() {
    return state.all();
  }

  @Override
  public Optional<KindDefinition> byType(GroupVersionKind type) {
    return builtIn.byType(type).or(() -> Optional.ofNullable(state.byType().get(type)));
  }

  @Override
  public Optional<KindDefinition> byResource(String group, String version, String plural) {
    return builtIn
        .byResource(group, version, plural)
        .or(() ->
            Optional.ofNullable(state.byResource().get(new Resource(group, version, plural))));
  }

  @Override
  public Collection<KindDefinition> stored() {
    return state.stored();
  }

  @Override
  public Optional<KindDefinition> stored(String group, String plural) {
    return builtIn
        .stored(group, plural)
        .or(() -> Optional.ofNullable(state.byStorage().get(new Resource(group, "", plural))));
  }
}

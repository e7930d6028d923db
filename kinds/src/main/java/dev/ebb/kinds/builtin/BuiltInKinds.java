package dev.ebb.kinds.builtin;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.core.AdmissionKinds;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.BatchKinds;
import dev.ebb.kinds.core.ClusterKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.EventsGroup;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.kinds.core.ScalingKinds;
import dev.ebb.kinds.core.StorageKinds;
import dev.ebb.kinds.extensions.ExtensionKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.kinds.serving.DomainKinds;
import dev.ebb.kinds.serving.ServingKinds;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The kinds that are always served. Immutable.
public final class BuiltInKinds implements KindRegistry {
  /// In the order of discovery: core first, then group by group.
  private static final List<KindDefinition> KINDS =
      Stream.of(
              CoreKinds.ALL,
              StorageKinds.CORE,
              ClusterKinds.CORE,
              ExtensionKinds.ALL,
              AppsKinds.ALL,
              BatchKinds.ALL,
              ScalingKinds.ALL,
              NetworkKinds.ALL,
              AdmissionKinds.ALL,
              StorageKinds.ALL,
              ClusterKinds.ALL,
              EventsGroup.ALL,
              List.of(NetworkKinds.INGRESS_EXTENSIONS),
              AppsKinds.EXTENSIONS,
              RbacKinds.ALL,
              ServingKinds.ALL,
              DomainKinds.ALL,
              FunctionKinds.ALL,
              OpenFaasKinds.ALL)
          .flatMap(List::stream)
          .toList();

  private record Resource(String group, String version, String plural) {}

  private final Map<GroupVersionKind, KindDefinition> byType = new LinkedHashMap<>();
  private final Map<Resource, KindDefinition> byResource = new LinkedHashMap<>();
  private final Map<Resource, KindDefinition> stored = new LinkedHashMap<>();

  public BuiltInKinds() {
    for (KindDefinition kind : KINDS) {
      byType.put(kind.type(), kind);
      byResource.put(new Resource(kind.group(), kind.type().version(), kind.plural()), kind);
      if (kind.isStored()) {
        stored.put(new Resource(kind.group(), "", kind.plural()), kind);
      }
    }
  }

  @Override
  public Collection<KindDefinition> all() {
    return KINDS;
  }

  @Override
  public Optional<KindDefinition> byType(GroupVersionKind type) {
    return Optional.ofNullable(byType.get(type));
  }

  @Override
  public Optional<KindDefinition> byResource(String group, String version, String plural) {
    return Optional.ofNullable(byResource.get(new Resource(group, version, plural)));
  }

  @Override
  public Collection<KindDefinition> stored() {
    return stored.values();
  }

  @Override
  public Optional<KindDefinition> stored(String group, String plural) {
    return Optional.ofNullable(stored.get(new Resource(group, "", plural)));
  }
}

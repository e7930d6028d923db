package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.network.Tenant.NamedPort;
import java.util.Optional;
import java.util.stream.Stream;

/// Instances as the rules of their network see them. Pure.
public final class Tenants {
  private Tenants() {}

  /// An instance of a revision is named like its Pod, that of a Pod that stands alone has the Pod's
  /// UID.
  public static Tenant of(InstanceId id, Workload workload) {
    PodSpec pod = workload.pod();
    return new Tenant(
        id.value(),
        workload.revision().namespace(),
        id.value(),
        pod.labels(),
        Stream.concat(pod.initContainers().stream(), pod.containers().stream())
            .flatMap(it -> it.ports().stream())
            .flatMap(it -> named(it).stream())
            .toList());
  }

  private static Optional<NamedPort> named(Container.Port port) {
    return port.name().isEmpty()
        ? Optional.empty()
        : Protocol.of(port.protocol())
            .map(protocol -> new NamedPort(port.name(), protocol, port.number()));
  }
}

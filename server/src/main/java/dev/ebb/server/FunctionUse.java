package dev.ebb.server;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dialects.openfaas.OpenFaasGateway;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.node.usage.Metered;
import dev.ebb.node.usage.Usage;
import dev.ebb.node.usage.UsageReport;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What all instances of a Service use together.
final class FunctionUse implements OpenFaasGateway.UsageSource {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";
  private static final double NANOS_PER_MILLI_CPU = 1e6;

  private final Resources resources;
  private final Instances instances;
  private final Supplier<UsageReport> usage;

  /// @param usage may block
  FunctionUse(Resources resources, Instances instances, Supplier<UsageReport> usage) {
    this.resources = resources;
    this.instances = instances;
    this.usage = usage;
  }

  @Override
  public Use of(ObjectKey service) {
    Set<RevisionId> revisions =
        resources
            .list(
                ServingKinds.REVISION,
                ListQuery.in(service.namespace()).withLabels(SERVICE_LABEL + "=" + service.name()))
            .items()
            .stream()
            .map(revision -> new RevisionId(revision.namespace(), revision.name()))
            .collect(Collectors.toSet());
    Set<String> names =
        instances.list().stream()
            .filter(instance -> revisions.contains(instance.revision()))
            .filter(instance -> instance.phase() != Instance.Phase.EXITED)
            .map(instance -> instance.id().value())
            .collect(Collectors.toSet());
    double cpu = 0;
    double memory = 0;
    for (Map.Entry<Metered, Usage> entry : usage.get().usages().entrySet()) {
      if (entry.getKey().instance().filter(id -> names.contains(id.value())).isPresent()) {
        cpu += entry.getValue().cpuNanos() / NANOS_PER_MILLI_CPU;
        memory += entry.getValue().memoryBytes();
      }
    }
    return new Use(cpu, memory);
  }
}

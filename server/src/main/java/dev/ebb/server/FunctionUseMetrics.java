package dev.ebb.server;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.node.usage.Counter;
import dev.ebb.node.usage.Metered;
import dev.ebb.resources.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What the instances of each Service use together, under the names that OpenFaaS has for it. It is
/// read when somebody scrapes. Processor time of instances that are gone stays in the sum, for one
/// that falls would be read as a restart; what an instance used between the last look and its end
/// is not in it. Thread-safe.
///
/// Source: OpenFaaS's documentation of metrics, "CPU & RAM usage".
final class FunctionUseMetrics implements MetricSource {
  private static final String SERVICE_LABEL = "serving.knative.dev/service";
  private static final double NANOS_PER_SECOND = 1e9;

  private final Resources resources;
  private final Supplier<List<Instance>> instances;
  private final Supplier<Map<Metered, Counter>> meter;
  private final Map<ObjectKey, Long> cpuNanos = new HashMap<>();
  private Map<Metered, Counter> last = Map.of();

  /// @param meter reads all counters; may block for milliseconds
  FunctionUseMetrics(
      Resources resources,
      Supplier<List<Instance>> instances,
      Supplier<Map<Metered, Counter>> meter) {
    this.resources = resources;
    this.instances = instances;
    this.meter = meter;
  }

  @Override
  public synchronized List<MetricFamily> metrics() {
    Map<InstanceId, ObjectKey> services = services();
    Map<Metered, Counter> now = meter.get();
    Map<ObjectKey, Long> memory = new HashMap<>();
    now.forEach((metered, counter) ->
        metered
            .instance()
            .map(services::get)
            .ifPresent(service -> {
              cpuNanos.merge(
                  service, spent(Optional.ofNullable(last.get(metered)), counter), Long::sum);
              memory.merge(service, counter.memoryBytes(), Long::sum);
            }));
    last = now;
    cpuNanos.keySet().removeIf(key -> resources.find(ServingKinds.SERVICE, key).isEmpty());
    List<Sample> cpu = new ArrayList<>();
    List<Sample> working = new ArrayList<>();
    cpuNanos.forEach((service, nanos) -> {
      Map<String, String> labels =
          Map.of(
              "function_name",
              service.name() + "." + service.namespace(),
              "namespace",
              service.namespace());
      cpu.add(new Sample(labels, new Value.Scalar(nanos / NANOS_PER_SECOND)));
      working.add(new Sample(labels, new Value.Scalar(memory.getOrDefault(service, 0L))));
    });
    return List.of(
        new MetricFamily(
            "pod_cpu_usage_seconds",
            "Processor time of all instances of a function.",
            MetricFamily.Type.COUNTER,
            cpu),
        new MetricFamily(
            "pod_memory_working_set_bytes",
            "Memory of all instances of a function.",
            MetricFamily.Type.GAUGE,
            working));
  }

  private Map<InstanceId, ObjectKey> services() {
    Map<RevisionId, Optional<ObjectKey>> byRevision = new HashMap<>();
    Map<InstanceId, ObjectKey> services = new HashMap<>();
    for (Instance instance : instances.get()) {
      byRevision
          .computeIfAbsent(instance.revision(), this::service)
          .ifPresent(service -> services.put(instance.id(), service));
    }
    return services;
  }

  private Optional<ObjectKey> service(RevisionId revision) {
    return resources
        .find(ServingKinds.REVISION, new ObjectKey(revision.namespace(), revision.name()))
        .map(object -> object.labels().getOrDefault(SERVICE_LABEL, ""))
        .filter(name -> !name.isEmpty())
        .map(name -> new ObjectKey(revision.namespace(), name));
  }

  /// Since the reading before. A container that was started again since begins at zero; less than
  /// before without that means a process that ended and whose time its parent never asked for.
  private static long spent(Optional<Counter> before, Counter now) {
    return before
        .filter(counter -> now.age().compareTo(counter.age()) >= 0)
        .map(counter -> Math.max(0, now.cpuNanos() - counter.cpuNanos()))
        .orElse(now.cpuNanos());
  }
}

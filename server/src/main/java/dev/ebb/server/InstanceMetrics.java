package dev.ebb.server;

import dev.ebb.apiserver.ComputedResource;
import dev.ebb.controllers.scaling.PodUsage;
import dev.ebb.controllers.scaling.PodUse;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.ClusterKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.MetricsKinds;
import dev.ebb.node.usage.Metered;
import dev.ebb.node.usage.Usage;
import dev.ebb.node.usage.UsageReport;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.Resources;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `metrics.k8s.io`: what the Pods that run here, and this machine, use. What is listed is chosen
/// among the Pods and Nodes themselves, so all their selectors work.
final class InstanceMetrics implements PodUsage {
  private final Resources resources;
  private final Function<KubernetesObject, Optional<Instance>> instances;
  private final Supplier<UsageReport> usage;

  /// @param instances the one behind a Pod
  /// @param usage may block
  InstanceMetrics(
      Resources resources,
      Function<KubernetesObject, Optional<Instance>> instances,
      Supplier<UsageReport> usage) {
    this.resources = resources;
    this.instances = instances;
    this.usage = usage;
  }

  List<ComputedResource> resources() {
    return List.of(
        new ComputedResource(
            MetricsKinds.POD_METRICS,
            new Measured(CoreKinds.POD, MetricsKinds.POD_METRICS, this::pod)),
        new ComputedResource(
            MetricsKinds.NODE_METRICS,
            new Measured(ClusterKinds.NODE, MetricsKinds.NODE_METRICS, this::node)));
  }

  /// Makes the metrics of one object; empty when there are none.
  @FunctionalInterface
  private interface Measure {
    Optional<KubernetesObject> of(KubernetesObject object, UsageReport report);
  }

  private final class Measured implements ComputedResource.Source {
    private final KindDefinition of;
    private final KindDefinition kind;
    private final Measure measure;

    Measured(KindDefinition of, KindDefinition kind, Measure measure) {
      this.of = of;
      this.kind = kind;
      this.measure = measure;
    }

    @Override
    public KubernetesObject get(ObjectKey key) {
      return resources
          .find(of, key)
          .flatMap(object -> measure.of(object, usage.get()))
          .orElseThrow(() -> ApiException.notFound(kind, key.name()));
    }

    @Override
    public ObjectList list(ListQuery query) {
      ObjectList all = resources.list(of, query);
      UsageReport report = usage.get();
      return new ObjectList(
          all.items().stream().flatMap(one -> measure.of(one, report).stream()).toList(),
          all.resourceVersion(),
          all.continueToken(),
          all.remaining());
    }
  }

  private Optional<KubernetesObject> node(KubernetesObject node, UsageReport report) {
    return Optional.ofNullable(report.usages().get(Metered.MACHINE))
        .map(used ->
            measured(MetricsKinds.NODE_METRICS, node, report.at(), used.window())
                .with(json -> put(json, used)));
  }

  @Override
  public Map<ObjectKey, PodUse> of(List<KubernetesObject> pods) {
    UsageReport report = usage.get();
    Map<ObjectKey, PodUse> all = new HashMap<>();
    for (KubernetesObject pod : pods) {
      Map<String, Usage> containers = containers(pod, report);
      if (!containers.isEmpty()) {
        Map<String, PodUse.Container> used = new HashMap<>();
        containers.forEach(
            (name, one) -> used.put(name, new PodUse.Container(one.cpuNanos(), one.memoryBytes())));
        all.put(pod.key(), new PodUse(report.at(), window(containers), used));
      }
    }
    return all;
  }

  private static Duration window(Map<String, Usage> containers) {
    return containers.values().stream()
        .map(Usage::window)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private Map<String, Usage> containers(KubernetesObject pod, UsageReport report) {
    Map<String, Usage> containers = new LinkedHashMap<>();
    instances
        .apply(pod)
        .ifPresent(instance -> {
          for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : pod.spec().path(list)) {
              String name = container.path("name").asString("");
              // A plain process is not known by the name that its Pod shows.
              String metered = instance.containers().isEmpty() ? "" : name;
              Usage used = report.usages().get(Metered.container(instance.id(), metered));
              if (used != null) {
                containers.put(name, used);
              }
            }
          }
        });
    return containers;
  }

  private Optional<KubernetesObject> pod(KubernetesObject pod, UsageReport report) {
    Map<String, Usage> containers = containers(pod, report);
    return containers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            measured(MetricsKinds.POD_METRICS, pod, report.at(), window(containers))
                .with(json -> {
                  ArrayNode list = json.putArray("containers");
                  containers.forEach((name, used) -> put(list.addObject().put("name", name), used));
                }));
  }

  private static KubernetesObject measured(
      KindDefinition kind, KubernetesObject of, Instant at, Duration window) {
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return KubernetesObject.of(kind.type(), of.key())
        .with(json -> {
          ObjectNode metadata = json.withObject("/metadata").put("creationTimestamp", time);
          if (!of.labels().isEmpty()) {
            of.labels().forEach(metadata.putObject("labels")::put);
          }
          json.put("timestamp", time).put("window", GoDuration.format(window));
        });
  }

  private static void put(ObjectNode json, Usage used) {
    json.putObject("usage")
        .put("cpu", used.cpuNanos() == 0 ? "0" : used.cpuNanos() + "n")
        .put("memory", (used.memoryBytes() >> 10) + "Ki");
  }
}

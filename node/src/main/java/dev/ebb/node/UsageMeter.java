package dev.ebb.node;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.node.pods.PodNames;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ResourceUsage;
import dev.ebb.node.usage.Counter;
import dev.ebb.node.usage.MachineCounter;
import dev.ebb.node.usage.Metered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Reads what the machine and all that runs on it have used since their start. Blocks for some
/// tenths of a millisecond for each container.
final class UsageMeter implements Supplier<Map<Metered, Counter>> {
  private final Supplier<List<Instance>> instances;
  private final Sandbox sandbox;
  private final Optional<ContainerRuntime> runtime;
  private final InstantSource clock;

  UsageMeter(
      Supplier<List<Instance>> instances,
      Sandbox sandbox,
      Optional<ContainerRuntime> runtime,
      InstantSource clock) {
    this.instances = instances;
    this.sandbox = sandbox;
    this.runtime = runtime;
    this.clock = clock;
  }

  @Override
  public Map<Metered, Counter> get() {
    List<Instance> all =
        instances.get().stream().filter(one -> one.phase() != Instance.Phase.EXITED).toList();
    Map<Metered, Counter> counters = new HashMap<>();
    counters.put(Metered.MACHINE, MachineCounter.read());
    Set<Long> plain =
        all.stream()
            .filter(one -> one.containers().isEmpty() && one.pid() > 0)
            .map(Instance::pid)
            .collect(Collectors.toSet());
    Map<Long, ResourceUsage> ofPlain = plain.isEmpty() ? Map.of() : sandbox.usage(plain);
    for (Instance instance : all) {
      ResourceUsage used = ofPlain.get(instance.pid());
      if (instance.containers().isEmpty() && used != null) {
        counters.put(Metered.container(instance.id(), ""), counter(used, instance.createdAt()));
      }
      for (ContainerState container : instance.containers()) {
        if (container.phase() == ContainerState.Phase.RUNNING) {
          runtime
              .flatMap(it -> it.usage(PodNames.running(instance.id(), container)))
              .ifPresent(usage ->
                  counters.put(
                      Metered.container(instance.id(), container.name()),
                      counter(usage, container.startedAt().orElse(instance.createdAt()))));
        }
      }
    }
    return counters;
  }

  private Counter counter(ResourceUsage used, Instant startedAt) {
    Duration age = Duration.between(startedAt, clock.instant());
    return new Counter(used.cpuNanos(), used.memoryBytes(), age.isNegative() ? Duration.ZERO : age);
  }
}

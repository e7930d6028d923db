package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerSecurity;
import dev.ebb.dataplane.PodSecurity;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.node.sandbox.Resources;
import dev.ebb.node.sandbox.Security;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A container's security and resources, with what its Pod says for all. Pure.
final class ContainerSpecs {
  /// As many as Kubernetes's nodes usually allow; a fork bomb ends there.
  private static final int PIDS = 4096;

  private ContainerSpecs() {}

  static Security security(PodSpec pod, Container container) {
    PodSecurity all = pod.security();
    ContainerSecurity own = container.security();
    return new Security(
        own.runAsUser().isPresent() ? own.runAsUser() : all.runAsUser(),
        own.runAsGroup().isPresent() ? own.runAsGroup() : all.runAsGroup(),
        own.runAsNonRoot().orElse(all.runAsNonRoot()),
        all.fsGroup(),
        all.supplementalGroups(),
        own.readOnlyRootFilesystem(),
        own.addCapabilities(),
        own.dropCapabilities(),
        own.allowPrivilegeEscalation(),
        switch (own.seccomp()) {
          case RUNTIME_DEFAULT -> Security.Seccomp.RUNTIME_DEFAULT;
          case UNCONFINED -> Security.Seccomp.UNCONFINED;
        });
  }

  static Resources resources(Container container) {
    Container.ResourceLimits limits = container.resources();
    return new Resources(
        limits.memoryBytes(),
        limits.cpuMillis(),
        limits.cpuRequestMillis().isPresent() ? limits.cpuRequestMillis() : limits.cpuMillis(),
        OptionalInt.of(PIDS));
  }

  /// What a Pod counts for in the machine's budget: what its containers that run together ask for,
  /// or the largest init container, when that is more.
  ///
  /// @param unlimited what one counts for that says nothing, for all of the Pod
  static long reservation(PodSpec pod, long unlimited) {
    long together =
        pod.containers().stream().mapToLong(ContainerSpecs::memory).sum()
            + pod.initContainers().stream()
                .filter(Container::restartAlways)
                .mapToLong(ContainerSpecs::memory)
                .sum();
    long largest = pod.initContainers().stream().mapToLong(ContainerSpecs::memory).max().orElse(0);
    long bytes = Math.max(together, largest);
    return bytes > 0 ? bytes : unlimited;
  }

  private static long memory(Container container) {
    OptionalLong limit = container.resources().memoryBytes();
    return limit.isPresent()
        ? limit.getAsLong()
        : container.resources().memoryRequestBytes().orElse(0);
  }
}

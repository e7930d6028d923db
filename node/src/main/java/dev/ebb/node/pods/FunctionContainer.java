package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerSecurity;
import java.util.List;

/// What functions may do: nothing but what their workload adds. Pure.
final class FunctionContainer {
  private FunctionContainer() {}

  /// Without capabilities, which images have because their programs may expect them; and the root
  /// is the machine's programs, to which there is nothing to write.
  static Container confined(Container container) {
    ContainerSecurity asked = container.security();
    return container
        .edit()
        .security(
            new ContainerSecurity(
                asked.runAsUser(),
                asked.runAsGroup(),
                asked.runAsNonRoot(),
                true,
                asked.allowPrivilegeEscalation(),
                asked.privileged(),
                asked.addCapabilities(),
                List.of("ALL"),
                asked.seccomp()))
        .build();
  }
}

package dev.ebb.node.sandbox;

import dev.ebb.dataplane.StandardInput;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Changes of single parts of a [ContainerSpec].
final class Specs {
  private Specs() {}

  static ContainerSpec user(ContainerSpec spec, ContainerUser user, Security security) {
    return with(spec, user, spec.mounts(), security, spec.resources());
  }

  static ContainerSpec mounts(ContainerSpec spec, Mount... mounts) {
    return with(spec, spec.user(), List.of(mounts), spec.security(), spec.resources());
  }

  static ContainerSpec resources(ContainerSpec spec, OptionalLong memory, OptionalInt pids) {
    return with(
        spec,
        spec.user(),
        spec.mounts(),
        spec.security(),
        new Resources(memory, OptionalInt.empty(), OptionalInt.empty(), pids));
  }

  static ContainerSpec input(ContainerSpec spec, StandardInput input, boolean terminal) {
    return new ContainerSpec(
        spec.id(),
        spec.bundle(),
        spec.root(),
        spec.command(),
        spec.environment(),
        spec.workingDirectory(),
        spec.user(),
        spec.mounts(),
        spec.security(),
        spec.resources(),
        spec.namespaces(),
        spec.hostname(),
        spec.log(),
        input,
        terminal);
  }

  static ContainerSpec environment(ContainerSpec spec, Map<String, String> environment) {
    return with(spec, environment, spec.user(), spec.mounts(), spec.security(), spec.resources());
  }

  private static ContainerSpec with(
      ContainerSpec spec,
      ContainerUser user,
      List<Mount> mounts,
      Security security,
      Resources resources) {
    return with(spec, spec.environment(), user, mounts, security, resources);
  }

  private static ContainerSpec with(
      ContainerSpec spec,
      Map<String, String> environment,
      ContainerUser user,
      List<Mount> mounts,
      Security security,
      Resources resources) {
    return new ContainerSpec(
        spec.id(),
        spec.bundle(),
        spec.root(),
        spec.command(),
        environment,
        spec.workingDirectory(),
        user,
        mounts,
        security,
        resources,
        spec.namespaces(),
        spec.hostname(),
        spec.log(),
        spec.stdin(),
        spec.terminal());
  }
}

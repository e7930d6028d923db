package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.EnvironmentVariable.ResourceField;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.kinds.Quantity;
import dev.ebb.node.StartRefusedException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What `resourceFieldRef` can name: limits and requests of the Pod's containers, in units of the
/// divisor, rounded up. Where no limit is set it is what the machine has, as in Kubernetes.
///
/// @param machineMemory bytes
/// @param machineMillis thousandths of cores
record ResourceFields(PodSpec pod, long machineMemory, long machineMillis) {
  /// @param own the container whose variable it is
  /// @throws StartRefusedException for a container or a resource that is not there
  String value(String own, ResourceField field) {
    String name = field.container().isEmpty() ? own : field.container();
    Container.ResourceLimits limits =
        Stream.concat(pod.initContainers().stream(), pod.containers().stream())
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() -> refused("there is no container \"" + name + "\""))
            .resources();
    long memoryLimit = limits.memoryBytes().orElse(machineMemory);
    long cpuLimit = limits.cpuMillis().orElse((int) machineMillis);
    return switch (field.resource()) {
      case "limits.memory" -> divided(BigDecimal.valueOf(memoryLimit), field);
      case "limits.cpu" -> divided(cores(cpuLimit), field);
      case "requests.memory" ->
          divided(BigDecimal.valueOf(requested(limits.memoryRequestBytes(), limits)), field);
      case "requests.cpu" -> divided(cores(requested(limits.cpuRequestMillis(), limits)), field);
      case "limits.ephemeral-storage", "requests.ephemeral-storage" -> "0";
      default -> throw refused("unsupported container resource: " + field.resource());
    };
  }

  /// A request that is not said is as high as the limit, or zero.
  private static long requested(OptionalLong request, Container.ResourceLimits limits) {
    return request.orElse(limits.memoryBytes().orElse(0));
  }

  private static long requested(OptionalInt request, Container.ResourceLimits limits) {
    return request.orElse(limits.cpuMillis().orElse(0));
  }

  private static BigDecimal cores(long millis) {
    return BigDecimal.valueOf(millis, 3);
  }

  private static String divided(BigDecimal amount, ResourceField field) {
    BigDecimal divisor =
        Quantity.parse(field.divisor())
            .map(Quantity::value)
            .filter(value -> value.signum() > 0)
            .orElse(BigDecimal.ONE);
    return amount.divide(divisor, 0, RoundingMode.CEILING).toPlainString();
  }

  private static StartRefusedException refused(String message) {
    return new StartRefusedException("CreateContainerConfigError", message, true);
  }
}

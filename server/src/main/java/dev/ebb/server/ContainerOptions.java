package dev.ebb.server;

import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.Subnet;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of `ebb up` that say how instances are kept apart, and what they reach.
final class ContainerOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--isolation",
      paramLabel = "KIND",
      defaultValue = "auto",
      description =
          "What keeps instances apart: container, process (nothing, and no images), or auto:"
              + " containers where this machine can run them, see ebb doctor (default: auto).")
  private Isolation isolation = Isolation.AUTO;

  @Option(
      names = "--container-runtime",
      paramLabel = "PROGRAM",
      defaultValue = "",
      description =
          "crun, runc, or the path of one of them (default: crun, or runc where that is not there).")
  private String runtime = "";

  @Option(
      names = "--instance-subnet",
      paramLabel = "CIDR",
      defaultValue = "",
      description =
          "Where instances and services of containers get their addresses, such as 10.200.0.0/19;"
              + " at least 256 that nothing on this machine uses (default: a free block of"
              + " 100.64.0.0/10).")
  private String subnet = "";

  @Option(
      names = "--no-egress",
      description = "Instances do not reach other machines, whatever NetworkPolicies say.")
  private boolean noEgress;

  @Option(
      names = "--standbys",
      paramLabel = "N",
      description =
          "For how many services at zero the next container is made ahead, about 1 MiB each, so"
              + " that only its program is to be started (default: one per 128 MiB of memory, at most"
              + " 256; 0: none).")
  private @Nullable Integer standbys;

  /// @throws ParameterException saying what is wrong with which option
  ContainersConfig config() {
    if (isolation == Isolation.PROCESS && (noEgress || !subnet.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          (noEgress ? "--no-egress" : "--instance-subnet")
              + " needs containers: with --isolation=process instances have the machine's network");
    }
    return new ContainersConfig(isolation, runtime, subnet(), !noEgress, standbys());
  }

  private OptionalInt standbys() {
    if (standbys == null) {
      return OptionalInt.empty();
    }
    if (standbys < 0) {
      throw new ParameterException(
          spec.commandLine(), "--standbys: " + standbys + " is less than 0");
    }
    return OptionalInt.of(standbys);
  }

  private Optional<Subnet> subnet() {
    if (subnet.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(NetworkConfig.checked(Subnet.parse(subnet)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--instance-subnet: " + e.getMessage(), e);
    }
  }
}

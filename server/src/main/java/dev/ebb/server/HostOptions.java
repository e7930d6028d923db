package dev.ebb.server;

import dev.ebb.node.volumes.HostPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of `ebb up` that give instances something of the machine.
final class HostOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--allow-host-path",
      paramLabel = "PATH",
      description =
          "Let Pods mount PATH, and what is below it, as hostPath volumes. Links cannot lead out of"
              + " it. It must be there. May be given several times; without it there are no hostPath volumes.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--expose-host-port",
      paramLabel = "PORT",
      description =
          "Let instances of all namespaces reach what listens at PORT of this machine's 127.0.0.1,"
              + " as host.ebb.internal:PORT. May be given several times; without it instances reach"
              + " nothing of the machine.")
  private List<Integer> ports = new ArrayList<>();

  /// @throws ParameterException saying what is wrong with which option
  HostAccess access() {
    for (int port : ports) {
      if (port < 1 || port > 65_535 || HostPorts.OWN.contains(port)) {
        throw new ParameterException(
            spec.commandLine(),
            ("--expose-host-port %d: it is a number up to 65535, and not one of %s, at which"
                    + " instances find Ebb itself")
                .formatted(port, HostPorts.OWN));
      }
    }
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new ParameterException(
            spec.commandLine(),
            "--allow-host-path %s: there is no %s".formatted(path, path.toAbsolutePath()));
      }
    }
    return new HostAccess(new HostPaths(paths.stream().map(Path::toAbsolutePath).toList()), ports);
  }
}

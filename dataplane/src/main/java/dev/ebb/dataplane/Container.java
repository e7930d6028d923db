package dev.ebb.dataplane;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// One program of an instance: Kubernetes's Container.
///
/// @param image `function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST` is a function package, everything
///   else an image of a registry
/// @param command replaces the image's entry point when not empty
/// @param args replace the image's arguments when not empty, or when `command` is not
/// @param ports where the program listens; the first is where requests go
/// @param restartAlways of an init container: a sidecar, which runs on beside the others
public record Container(
    String name,
    String image,
    PullPolicy pullPolicy,
    List<String> command,
    List<String> args,
    String workingDirectory,
    List<EnvironmentVariable> environment,
    List<Port> ports,
    ResourceLimits resources,
    List<VolumeMount> volumeMounts,
    Probes probes,
    Lifecycle lifecycle,
    TerminationMessage terminationMessage,
    ContainerSecurity security,
    boolean restartAlways,
    StandardInput stdin,
    boolean tty) {
  public Container {
    command = List.copyOf(command);
    args = List.copyOf(args);
    environment = List.copyOf(environment);
    ports = List.copyOf(ports);
    volumeMounts = List.copyOf(volumeMounts);
  }

  public enum PullPolicy {
    ALWAYS,
    IF_NOT_PRESENT,
    NEVER
  }

  /// @param name empty when it has none; `h2c` and `http1` tell the gateway what is spoken there
  /// @param protocol `TCP`, `UDP` or `SCTP`
  public record Port(String name, int number, String protocol) {}

  /// Limits are held, requests are what it counts for and its share when the machine is full.
  ///
  /// @param cpuMillis thousandths of a core
  public record ResourceLimits(
      OptionalLong memoryBytes,
      OptionalInt cpuMillis,
      OptionalLong memoryRequestBytes,
      OptionalInt cpuRequestMillis) {
    public static final ResourceLimits NONE =
        new ResourceLimits(
            OptionalLong.empty(), OptionalInt.empty(), OptionalLong.empty(), OptionalInt.empty());
  }

  /// @param subPath below the volume's root; empty for all of it
  public record VolumeMount(String volume, String mountPath, String subPath, boolean readOnly) {}

  public record Probes(
      Optional<Probe> startup, Optional<Probe> readiness, Optional<Probe> liveness) {
    public static final Probes NONE =
        new Probes(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public record Lifecycle(Optional<Probe.Action> postStart, Optional<Probe.Action> preStop) {
    public static final Lifecycle NONE = new Lifecycle(Optional.empty(), Optional.empty());
  }

  /// Where the program leaves its last words: Kubernetes's terminationMessagePath and -Policy.
  ///
  /// @param orLog whether the end of its log counts when it failed without a word; empty when
  ///   nothing is said, which Kubernetes takes for no and Knative for yes
  public record TerminationMessage(String path, Optional<Boolean> orLog) {
    public static final TerminationMessage DEFAULT =
        new TerminationMessage("/dev/termination-log", Optional.empty());
  }

  /// An image and nothing else that is said.
  public static Container of(String name, String image) {
    return new Container(
        name,
        image,
        PullPolicy.IF_NOT_PRESENT,
        List.of(),
        List.of(),
        "",
        List.of(),
        List.of(),
        ResourceLimits.NONE,
        List.of(),
        Probes.NONE,
        Lifecycle.NONE,
        TerminationMessage.DEFAULT,
        ContainerSecurity.DEFAULT,
        false,
        StandardInput.NONE,
        false);
  }

  /// The same but for what is said to the builder.
  public ContainerBuilder edit() {
    return new ContainerBuilder(this);
  }

  /// Where the program listens, for `PORT`; 0 when nothing is said.
  public int port() {
    return ports.isEmpty() ? 0 : ports.getFirst().number();
  }

  /// The limit; empty for the node's default.
  public OptionalLong memoryBytes() {
    return resources.memoryBytes();
  }

  /// The limit in thousandths of a core.
  public OptionalInt cpuMillis() {
    return resources.cpuMillis();
  }
}

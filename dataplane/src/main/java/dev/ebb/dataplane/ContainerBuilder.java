package dev.ebb.dataplane;

import dev.ebb.dataplane.Container.Lifecycle;
import dev.ebb.dataplane.Container.Port;
import dev.ebb.dataplane.Container.Probes;
import dev.ebb.dataplane.Container.PullPolicy;
import dev.ebb.dataplane.Container.ResourceLimits;
import dev.ebb.dataplane.Container.TerminationMessage;
import dev.ebb.dataplane.Container.VolumeMount;
import java.util.List;

/// Makes a [Container] of which most is as in another one.
public final class ContainerBuilder {
  private final String name;
  private final String image;
  private final PullPolicy pullPolicy;
  private final String workingDirectory;
  private final List<Port> ports;
  private List<String> command;
  private List<String> args;
  private List<EnvironmentVariable> environment;
  private ResourceLimits resources;
  private List<VolumeMount> volumeMounts;
  private Probes probes;
  private Lifecycle lifecycle;
  private TerminationMessage terminationMessage;
  private ContainerSecurity security;
  private boolean restartAlways;
  private StandardInput stdin;
  private boolean tty;

  ContainerBuilder(Container from) {
    name = from.name();
    image = from.image();
    pullPolicy = from.pullPolicy();
    workingDirectory = from.workingDirectory();
    ports = from.ports();
    command = from.command();
    args = from.args();
    environment = from.environment();
    resources = from.resources();
    volumeMounts = from.volumeMounts();
    probes = from.probes();
    lifecycle = from.lifecycle();
    terminationMessage = from.terminationMessage();
    security = from.security();
    restartAlways = from.restartAlways();
    stdin = from.stdin();
    tty = from.tty();
  }

  public ContainerBuilder command(String... words) {
    command = List.of(words);
    return this;
  }

  public ContainerBuilder args(String... words) {
    args = List.of(words);
    return this;
  }

  public ContainerBuilder environment(List<EnvironmentVariable> variables) {
    environment = variables;
    return this;
  }

  public ContainerBuilder resources(ResourceLimits limits) {
    resources = limits;
    return this;
  }

  public ContainerBuilder volumeMounts(List<VolumeMount> mounts) {
    volumeMounts = mounts;
    return this;
  }

  public ContainerBuilder probes(Probes all) {
    probes = all;
    return this;
  }

  public ContainerBuilder lifecycle(Lifecycle hooks) {
    lifecycle = hooks;
    return this;
  }

  public ContainerBuilder terminationMessage(TerminationMessage where) {
    terminationMessage = where;
    return this;
  }

  public ContainerBuilder security(ContainerSecurity context) {
    security = context;
    return this;
  }

  /// As a sidecar.
  public ContainerBuilder restartAlways() {
    restartAlways = true;
    return this;
  }

  public ContainerBuilder stdin(StandardInput input) {
    stdin = input;
    return this;
  }

  public ContainerBuilder tty() {
    tty = true;
    return this;
  }

  public Container build() {
    return new Container(
        name,
        image,
        pullPolicy,
        command,
        args,
        workingDirectory,
        environment,
        ports,
        resources,
        volumeMounts,
        probes,
        lifecycle,
        terminationMessage,
        security,
        restartAlways,
        stdin,
        tty);
  }
}

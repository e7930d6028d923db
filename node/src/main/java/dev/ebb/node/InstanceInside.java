package dev.ebb.node;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.network.InsideConnection;
import dev.ebb.node.pods.PodNames;
import dev.ebb.node.sandbox.ContainerRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What users do in running instances: run commands, reach ports. Thread-safe.
final class InstanceInside implements AutoCloseable {
  /// A right on one Pod must not be one on the machine.
  private static final String REFUSAL =
      "exec is refused: instances are isolated by process only, so a command would run outside of"
          + " any container, with the rights of the server on the machine (ebb doctor tells what"
          + " containers need)";

  private final Supplier<List<Instance>> instances;
  private final Optional<ContainerRuntime> runtime;
  private final NodeLogs logs;
  private final InstanceCommands commands = new InstanceCommands();

  InstanceInside(
      Supplier<List<Instance>> instances, Optional<ContainerRuntime> runtime, NodeLogs logs) {
    this.instances = instances;
    this.runtime = runtime;
    this.logs = logs;
  }

  /// @see NodeInstances#run
  InstanceCommand run(InstanceId id, String container, List<String> command, boolean terminal)
      throws IOException {
    Instance instance = running(id);
    if (!instance.containers().isEmpty()) {
      String name = PodNames.running(id, container(instance, container));
      ContainerRuntime containers = runtime.orElseThrow();
      return commands.counted(() -> containers.exec(name, command, terminal));
    }
    throw instance.pid() == 0 ? notFound(container) : new IOException(REFUSAL);
  }

  /// @see NodeInstances#attach
  InstanceCommand attach(InstanceId id, String container, boolean input) throws IOException {
    Instance instance = running(id);
    if (instance.containers().isEmpty() && instance.pid() > 0) {
      return commands.counted(() ->
          new InstanceAttachment(
              OutputStream.nullOutputStream(),
              logs.tail(instance.revision(), LogName.process(id)),
              Optional.empty()));
    }
    ContainerState state = container(instance, container);
    String name = PodNames.running(id, state);
    ContainerRuntime containers = runtime.orElseThrow();
    return commands.counted(() -> {
      Optional<Console> console = containers.console(name);
      InputStream output =
          console.isPresent()
              ? console.get().attach()
              : logs.tail(
                  instance.revision(), new LogName(id.value(), container, state.restarts()));
      OutputStream written =
          input
              ? containers.input(name).orElse(OutputStream.nullOutputStream())
              : OutputStream.nullOutputStream();
      return new InstanceAttachment(written, output, console);
    });
  }

  /// Why commands cannot be run in an instance; empty when they can.
  Optional<String> refusal(InstanceId id) {
    return find(id).filter(one -> one.containers().isEmpty()).map(_ -> REFUSAL);
  }

  /// @see NodeInstances#listening
  Optional<InetSocketAddress> listening(InstanceId id, int port) {
    return find(id)
        .filter(one -> one.pid() > 0 && one.ip().isEmpty())
        .flatMap(one -> ListeningPorts.find(one.pid(), port));
  }

  /// @see NodeInstances#connect
  SocketChannel connect(InstanceId id, int port) throws IOException {
    Instance instance = running(id);
    if (instance.ip().isEmpty()) {
      return SocketChannel.open(
          listening(id, port).orElseThrow(() -> new ConnectException("Connection refused")));
    }
    if (instance.pid() == 0) {
      throw new ConnectException("container not running (" + id + ")");
    }
    try {
      return InsideConnection.open(
          Path.of("/proc", Long.toString(instance.pid()), "ns", "net"), port);
    } catch (IOException loopback) {
      // A program may listen at the instance's address only.
      try {
        return SocketChannel.open(new InetSocketAddress(instance.ip(), port));
      } catch (IOException e) {
        e.addSuppressed(loopback);
        throw e;
      }
    }
  }

  private Optional<Instance> find(InstanceId id) {
    return instances.get().stream()
        .filter(one -> one.id().equals(id) && one.phase() != Instance.Phase.EXITED)
        .findFirst();
  }

  private Instance running(InstanceId id) throws IOException {
    return find(id).orElseThrow(() -> new IOException("container not running (" + id + ")"));
  }

  private static ContainerState container(Instance instance, String name) throws IOException {
    return instance.containers().stream()
        .filter(one -> one.name().equals(name) && one.phase() == ContainerState.Phase.RUNNING)
        .findFirst()
        .orElseThrow(() -> notFound(name));
  }

  /// The kubelet's words.
  private static IOException notFound(String container) {
    return new IOException("container not found (\"" + container + "\")");
  }

  @Override
  public void close() {
    commands.close();
  }
}

package dev.ebb.node.testing;

import dev.ebb.node.CommandDescriptors;
import dev.ebb.node.CommandProcess;
import dev.ebb.node.InstanceCommand;
import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.Spawn;
import dev.ebb.node.Terminal;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ResourceUsage;
import dev.ebb.node.sandbox.RunningContainer;
import dev.ebb.node.sandbox.SandboxException;
import dev.ebb.node.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Containers that are plain processes of this machine, without any isolation: the command is one
/// of the machine's own programs and its working directory the bundle. What was started is kept for
/// tests to look at. Thread-safe.
public final class ProcessContainers implements ContainerRuntime {
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final Set<String> killedForMemory = ConcurrentHashMap.newKeySet();

  private record Running(ContainerSpec spec, long pid) {}

  /// A plain process is its program at once.
  @Override
  public boolean creates() {
    return false;
  }

  @Override
  public RunningContainer create(ContainerSpec spec) {
    throw new SandboxException(Reason.RUNTIME_FAILED, "nothing waits to become " + spec.id());
  }

  @Override
  public RunningContainer start(ContainerSpec spec) {
    try {
      Files.createDirectories(spec.bundle());
      List<String> command = resolve(spec.command(), spec.environment());
      long pid =
          Spawn.start(
              new Spawn.Request(
                  command, spec.environment(), spec.bundle(), new Spawn.LogFile(-1, spec.log())));
      running.put(spec.id(), new Running(spec, pid));
      long startTime = ProcessStat.read(pid).map(ProcessStat::startTime).orElse(0L);
      return new RunningContainer(spec.id(), pid, startTime, System.nanoTime());
    } catch (IOException e) {
      throw new SandboxException(Reason.RUNTIME_FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  /// What a container was started with.
  public Optional<ContainerSpec> spec(String id) {
    return Optional.ofNullable(running.get(id)).map(Running::spec);
  }

  /// Ends a container as the kernel does when its memory is used up.
  public void endForMemory(String id) {
    killedForMemory.add(id);
    signal(id, Linux.SIGKILL);
  }

  @Override
  public void signal(String id, int signal) {
    Optional.ofNullable(running.get(id)).ifPresent(it -> Linux.kill(it.pid(), signal));
  }

  @Override
  public void delete(String id, Path bundle) {
    Optional.ofNullable(running.remove(id)).ifPresent(it -> Linux.kill(-it.pid(), Linux.SIGKILL));
    killedForMemory.remove(id);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.exists(bundle) ? Files.walk(bundle) : Stream.empty()) {
      all.forEach(files::addFirst);
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new SandboxException(Reason.RUNTIME_FAILED, "cannot delete " + bundle, e);
    }
  }

  @Override
  public InstanceCommand exec(String id, List<String> command, boolean terminal)
      throws IOException {
    ContainerSpec spec = spec(id).orElseThrow(() -> new IOException("no container " + id));
    CommandDescriptors descriptors =
        terminal ? CommandDescriptors.terminal(Terminal.open()) : CommandDescriptors.pipes();
    try {
      long pid =
          Spawn.start(
              new Spawn.Request(
                  resolve(command, spec.environment()),
                  spec.environment(),
                  spec.bundle(),
                  descriptors.childs()));
      CommandProcess started = new CommandProcess(pid, descriptors);
      started.start(() -> {});
      return started;
    } catch (IOException e) {
      descriptors.close();
      throw e;
    } finally {
      descriptors.closeGiven();
    }
  }

  @Override
  public Optional<ResourceUsage> usage(String id) {
    return Optional.ofNullable(running.get(id))
        .flatMap(it -> ProcessStat.read(it.pid()))
        .map(stat -> new ResourceUsage(0, stat.residentPages() * Linux.pageSize(), 1));
  }

  @Override
  public boolean oomKilled(String id) {
    return killedForMemory.contains(id);
  }

  @Override
  public List<String> left() {
    return List.copyOf(running.keySet());
  }

  @Override
  public void close() {}

  private static List<String> resolve(List<String> command, Map<String, String> environment) {
    String name = command.getFirst();
    if (name.contains("/")) {
      if (Files.exists(Path.of(name))) {
        return command;
      }
    } else {
      for (String entry : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
        Path program = Path.of(entry, name);
        if (Files.isExecutable(program)) {
          List<String> resolved = new ArrayList<>(command);
          resolved.set(0, program.toString());
          return resolved;
        }
      }
    }
    throw new SandboxException(
        Reason.COMMAND_NOT_FOUND, "exec: \"%s\": not found in $PATH".formatted(name));
  }
}

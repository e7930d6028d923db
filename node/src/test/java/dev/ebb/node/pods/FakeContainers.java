package dev.ebb.node.pods;

import dev.ebb.node.InstanceCommand;
import dev.ebb.node.ListeningTable;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.ResourceUsage;
import dev.ebb.node.sandbox.RunningContainer;
import dev.ebb.node.sandbox.SandboxException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Containers, their processes, networks and logs, of which a test says what happens to them.
/// Containers are named as in the workload.
final class FakeContainers implements ContainerRuntime, PodNetwork, Processes, ContainerLogs {
  final List<String> did = new ArrayList<>();
  final Map<String, ContainerSpec> specs = new LinkedHashMap<>();
  final Set<String> oomKilled = new HashSet<>();
  final Map<String, SandboxException> failures = new HashMap<>();
  final Map<String, Integer> commands = new HashMap<>();
  final Set<NetworkLease> leases = new HashSet<>();
  final Set<String> obeying = new HashSet<>();
  String said = "";

  /// What commands say in containers.
  String answer = "not well";

  Function<String, Integer> exec = command -> 0;
  private final Map<Long, Pod> watched = new HashMap<>();
  private final Map<Long, Exit> exits = new HashMap<>();
  private final Map<String, Long> pids = new HashMap<>();
  // No process of the machine has such a number, so nothing listens there.
  private long nextPid = 1L << 40;

  static String name(String id) {
    return id.substring(id.indexOf('.') + 1, id.lastIndexOf('.'));
  }

  ContainerSpec spec(String name) {
    return Objects.requireNonNull(specs.get(name));
  }

  boolean runs(String name) {
    return pids.containsKey(name);
  }

  void exits(String name, int code) {
    exits(name, code > 128 ? new Exit(code, code - 128) : new Exit(code, 0));
  }

  private void exits(String name, Exit exit) {
    Long pid = pids.remove(name);
    if (pid == null) {
      throw new AssertionError(name + " does not run; what happened: " + did);
    }
    exits.put(pid, exit);
    Objects.requireNonNull(watched.remove(pid)).processEnded(pid);
  }

  @Override
  public boolean creates() {
    return true;
  }

  @Override
  public RunningContainer create(ContainerSpec spec) {
    did.add("create " + name(spec.id()));
    return new RunningContainer(spec.id(), nextPid++, 1, 0);
  }

  @Override
  public RunningContainer start(ContainerSpec spec) {
    String name = name(spec.id());
    SandboxException failure = failures.get(name);
    if (failure != null) {
      throw failure;
    }
    did.add("start " + name);
    specs.put(name, spec);
    pids.put(name, nextPid);
    return new RunningContainer(spec.id(), nextPid++, 1, 0);
  }

  @Override
  public void signal(String id, int signal) {
    String name = name(id);
    did.add("signal " + name + " " + signal);
    if (runs(name) && (signal == 9 || obeying.contains(name))) {
      exits(name, 128 + signal);
    }
  }

  @Override
  public void delete(String id, Path bundle) {
    did.add("delete " + name(id));
  }

  @Override
  public InstanceCommand exec(String id, List<String> command, boolean terminal) {
    did.add("exec " + name(id) + " " + String.join(" ", command));
    int code = exec.apply(name(id) + " " + String.join(" ", command));
    return new InstanceCommand() {
      @Override
      public OutputStream input() {
        return OutputStream.nullOutputStream();
      }

      @Override
      public InputStream output() {
        return new ByteArrayInputStream(answer.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }

      @Override
      public InputStream errors() {
        return InputStream.nullInputStream();
      }

      @Override
      public void resize(int columns, int rows) {}

      @Override
      public int await() {
        return code;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Optional<ResourceUsage> usage(String id) {
    return Optional.empty();
  }

  @Override
  public boolean oomKilled(String id) {
    return oomKilled.contains(name(id));
  }

  @Override
  public List<String> left() {
    return List.of();
  }

  @Override
  public void close() {}

  @Override
  public NetworkLease lease(Tenant tenant) {
    var lease =
        new NetworkLease(
            tenant,
            "net",
            Path.of("/run/netns/net"),
            Inet4Address.ofLiteral("127.0.0.1"),
            Inet4Address.ofLiteral("127.0.0.2"));
    leases.add(lease);
    return lease;
  }

  @Override
  public Optional<NetworkLease> reattach(Tenant tenant, String name) {
    return Optional.of(lease(tenant));
  }

  @Override
  public void release(NetworkLease lease) {
    leases.remove(lease);
  }

  @Override
  public Optional<ListeningTable> listening(NetworkLease lease) {
    return Optional.empty();
  }

  @Override
  public void forwardToLoopback(NetworkLease lease, int port) {}

  @Override
  public void settle() {}

  @Override
  public void watch(Pod pod, long pid) {
    watched.put(pid, pod);
  }

  @Override
  public Optional<Exit> exit(long pid) {
    return Optional.ofNullable(exits.get(pid));
  }

  @Override
  public void reap(long pid) {}

  @Override
  public Path file(Name name) {
    return Path.of("/dev/null");
  }

  @Override
  public Path open(Name name) throws IOException {
    return Path.of("/dev/null");
  }

  @Override
  public void closed(Name name) {}

  @Override
  public String lastLines(Name name, int lines, int bytes) {
    return said;
  }

  @Override
  public String lastLines(Name name) {
    return said;
  }
}

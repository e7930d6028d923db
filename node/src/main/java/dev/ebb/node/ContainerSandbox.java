package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.pods.PodNetwork;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.ResourceUsage;
import dev.ebb.node.sandbox.RunningContainer;
import dev.ebb.node.sandbox.SandboxException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Functions from source in containers. Those that an earlier server started as plain processes are
/// ended as such.
final class ContainerSandbox implements Sandbox {
  private static final System.Logger LOG = System.getLogger(ContainerSandbox.class.getName());
  private static final String PREFIX = "function-";

  /// The network, for the next server.
  private static final String LEASE = "network";

  private final ContainerRuntime runtime;
  private final Optional<PodNetwork> network;
  private final Path bundles;
  private final Path etc;
  private final ProcessSandbox processes = new ProcessSandbox();
  private final Map<Long, String> ids = new ConcurrentHashMap<>();
  private final Map<String, NetworkLease> leases = new ConcurrentHashMap<>();

  /// First processes of what waits to be started, or did.
  private final Map<String, Long> created = new ConcurrentHashMap<>();

  /// @param network empty for no network but the loopback
  /// @param directory for bundles and files of all containers
  ContainerSandbox(ContainerRuntime runtime, Optional<PodNetwork> network, Path directory)
      throws IOException {
    this.runtime = runtime;
    this.network = network;
    bundles = Files.createDirectories(directory.resolve("bundles"));
    etc = Files.createDirectories(directory.resolve("etc"));
    int user = FunctionSandbox.USER;
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/:/bin/sh\nnonroot:x:%d:%d::/:/bin/sh\n".formatted(user, user));
    Files.writeString(etc.resolve("group"), "root:x:0:\nnonroot:x:%d:\n".formatted(user));
    Files.writeString(etc.resolve("hosts"), "127.0.0.1\tlocalhost\n::1\tlocalhost\n");
  }

  @Override
  public long start(Spec spec) throws IOException {
    RunningContainer running = make(spec, runtime::start);
    ids.put(running.pid(), id(spec));
    return running.pid();
  }

  @Override
  public boolean creates() {
    return runtime.creates();
  }

  @Override
  public void create(Spec spec) throws IOException {
    created.put(id(spec), make(spec, runtime::create).pid());
  }

  @Override
  public void discard(Spec spec) {
    String id = id(spec);
    runtime.delete(id, bundles.resolve(id));
    Optional.ofNullable(created.remove(id)).ifPresent(Linux::reap);
    try {
      release(id);
      NodeFiles.delete(sockets(Path.of(spec.environment().get(Environment.SOCKET))));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot clean up after " + id, e);
    }
  }

  private RunningContainer make(Spec spec, Function<ContainerSpec, RunningContainer> step)
      throws IOException {
    String id = id(spec);
    try {
      Path sockets = sockets(Path.of(spec.environment().get(Environment.SOCKET)));
      own(Files.createDirectories(sockets));
      own(spec.directory());
      own(spec.directory().resolve("tmp"));
      var setup =
          new FunctionSandbox.Setup(id, bundles.resolve(id), sockets, etc, namespaces(spec, id));
      return step.apply(FunctionSandbox.of(spec, setup, networkFiles(id)));
    } catch (SandboxException | NetworkUnavailableException e) {
      created.remove(id);
      release(id);
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String id(Spec spec) {
    return PREFIX + spec.directory().getFileName();
  }

  private static void own(Path directory) throws IOException {
    int user = ImageOwners.BASE + FunctionSandbox.USER;
    Files.setAttribute(directory, "unix:uid", user);
    Files.setAttribute(directory, "unix:gid", user);
  }

  private Namespaces namespaces(Spec spec, String id) throws IOException {
    if (network.isEmpty()) {
      return Namespaces.OWN;
    }
    NetworkLease present = leases.get(id);
    if (present != null) {
      return Namespaces.network(present.path());
    }
    String pod = id.substring(PREFIX.length());
    var tenant = new Tenant(id, spec.namespace(), pod, spec.labels(), List.of());
    NetworkLease lease = network.get().lease(tenant);
    leases.put(id, lease);
    Path folder = Files.createDirectories(etc.resolve(id));
    Files.write(folder.resolve(LEASE), FunctionLease.lines(lease));
    return Namespaces.network(lease.path());
  }

  private List<Mount> networkFiles(String id) throws IOException {
    NetworkLease lease = leases.get(id);
    if (lease == null) {
      return List.of();
    }
    Path folder = Files.createDirectories(etc.resolve(id));
    Path names = Files.writeString(folder.resolve("resolv.conf"), lease.resolvConf());
    Path hosts = Files.writeString(folder.resolve("hosts"), lease.hosts(id));
    return List.of(Mount.readOnly(names, "/etc/resolv.conf"), Mount.readOnly(hosts, "/etc/hosts"));
  }

  private void release(String id) throws IOException {
    NetworkLease lease = leases.remove(id);
    if (lease != null) {
      network.ifPresent(it -> it.release(lease));
    }
    NodeFiles.delete(etc.resolve(id));
  }

  /// What the container sees as the directory of all sockets.
  private static Path sockets(Path socket) {
    return socket.resolveSibling(socket.getFileName() + ".d");
  }

  /// The instance makes its socket in a directory that it can write, where it could as well put a
  /// link to another socket of this machine, which the gateway would then connect to. So the socket
  /// gets a second name where the instance cannot reach it, and only when it is a socket.
  @Override
  public void reveal(Path socket) {
    reveal(socket, true);
    reveal(NodePaths.boot(socket), false);
  }

  private static void reveal(Path outside, boolean socket) {
    if (Files.exists(outside, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path directory = sockets(socket ? outside : NodePaths.ofBoot(outside));
    try {
      Files.createLink(outside, directory.resolve(outside.getFileName()));
      var kind =
          Files.readAttributes(outside, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (socket ? !kind.isOther() : !kind.isRegularFile()) {
        Files.delete(outside);
      }
    } catch (NoSuchFileException | FileAlreadyExistsException e) {
      // Not made yet, or somebody was quicker.
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "not to be shown: " + outside, e);
    }
  }

  /// With the machine's simplest program: what is compiled and loaded once is ready then.
  @Override
  public void rehearse() throws IOException {
    String id = PREFIX + "rehearsal";
    runtime.delete(id, bundles.resolve(id));
    var setup = new FunctionSandbox.Setup(id, bundles.resolve(id), etc, etc, Namespaces.OWN);
    Path directory = Files.createDirectories(bundles.resolveSibling("rehearsal"));
    var spec =
        new Spec(
            List.of("/bin/true"),
            Map.of(Environment.SOCKET, "/run/ebb/rehearsal.sock"),
            directory,
            Path.of("/dev/null"),
            "",
            Map.of(),
            0,
            OptionalInt.empty());
    try {
      var running = runtime.start(FunctionSandbox.of(spec, setup, List.of()));
      Linux.awaitExit(running.pid());
      runtime.delete(id, setup.bundle());
      Linux.reap(running.pid());
    } catch (SandboxException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void forget(InstanceRecord record) {
    String id = id(record);
    if (runtime.left().contains(id)) {
      runtime.delete(id, bundles.resolve(id));
    }
  }

  @Override
  public void signal(long pid, int signal) {
    processes.signal(pid, signal);
  }

  @Override
  public boolean oomKilled(InstanceRecord record) {
    return runtime.oomKilled(id(record));
  }

  @Override
  public Optional<InetSocketAddress> listening(long pid, int port) {
    String id = ids.get(pid);
    NetworkLease lease = id == null ? null : leases.get(id);
    if (lease == null) {
      return Optional.empty();
    }
    ListeningTable table =
        network.flatMap(it -> it.listening(lease)).orElseGet(() -> ListeningTable.of(pid));
    if (!table.has(port)) {
      return Optional.empty();
    }
    if (table.onlyLoopback(port)) {
      network.ifPresent(it -> it.forwardToLoopback(lease, port));
    }
    return Optional.of(new InetSocketAddress(lease.address(), port));
  }

  @Override
  public Map<Long, ResourceUsage> usage(Set<Long> pids) {
    Map<Long, ResourceUsage> found = new HashMap<>();
    for (long pid : pids) {
      String id = ids.get(pid);
      if (id != null) {
        runtime.usage(id).ifPresent(usage -> found.put(pid, usage));
      }
    }
    return found;
  }

  @Override
  public boolean hasInside() {
    return true;
  }

  @Override
  public Optional<InstanceCommand> exec(long pid, List<String> command, boolean terminal)
      throws IOException {
    String id = ids.get(pid);
    return id == null ? Optional.empty() : Optional.of(runtime.exec(id, command, terminal));
  }

  @Override
  public void forgetAllBut(Set<InstanceId> known) throws IOException {
    try (var all = Files.newDirectoryStream(etc, PREFIX + "*")) {
      for (Path folder : all) {
        String id = folder.getFileName().toString();
        if (!known.contains(new InstanceId(id.substring(PREFIX.length())))) {
          NodeFiles.delete(folder);
        }
      }
    }
  }

  @Override
  public void adopt(InstanceRecord record) {
    String id = id(record);
    if (runtime.left().contains(id)) {
      ids.put(record.pid(), id);
      reattach(id);
    }
  }

  /// Without its network it still answers at its socket.
  private void reattach(String id) {
    try {
      List<String> lines = Files.readAllLines(etc.resolve(id).resolve(LEASE));
      Tenant tenant = FunctionLease.tenant(id, id.substring(PREFIX.length()), lines);
      network
          .flatMap(it -> it.reattach(tenant, lines.getFirst()))
          .ifPresent(found -> leases.put(id, found));
    } catch (NoSuchFileException e) {
      // It was started without one.
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the network of " + id + " is lost", e);
    }
  }

  @Override
  public Set<String> containers() {
    return Set.copyOf(ids.values());
  }

  @Override
  public void cleanUp(InstanceRecord record) {
    String id = id(record);
    if (!runtime.left().contains(id)) {
      processes.cleanUp(record);
      return;
    }
    ids.remove(record.pid());
    created.remove(id);
    runtime.delete(id, bundles.resolve(id));
    try {
      release(id);
      NodeFiles.delete(sockets(record.socket()));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot clean up after " + id, e);
    }
  }

  private static String id(InstanceRecord record) {
    return PREFIX + record.id().value();
  }
}

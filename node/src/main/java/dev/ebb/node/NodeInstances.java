package dev.ebb.node;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.InstanceTraffic;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Subscription;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionPackages;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodMachine;
import dev.ebb.node.pods.PodPlanner;
import dev.ebb.node.pods.PodRecord;
import dev.ebb.node.pods.PodRecords;
import dev.ebb.node.usage.Counter;
import dev.ebb.node.usage.Metered;
import dev.ebb.node.usage.UsageReport;
import dev.ebb.node.usage.UsageWindows;
import dev.ebb.node.volumes.ClaimDirectories;
import dev.ebb.node.volumes.HostPaths;
import dev.ebb.node.volumes.PodTokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Instances as processes of this machine.
///
/// The constructor takes over what an earlier server left: instances that still run are adopted and
/// published when their revision is registered; what is left of others is cleaned up. Exactly one
/// node owns a data directory at a time; whoever makes one holds the directory's lock.
///
/// Threads: one loop that owns all state and calls the listeners, one that waits for exits, one for
/// the logs, and virtual threads for what blocks. All are daemons.
public final class NodeInstances implements Instances, MetricSource, AutoCloseable {
  private static final Logger LOG = System.getLogger(NodeInstances.class.getName());
  // After SIGKILL only the kernel and the clean-up take time.
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

  private final NodeConfig config;
  private final NodeLoop loop = new NodeLoop();
  private final InstanceEvents events = new InstanceEvents();
  private final NodeMetrics metrics = new NodeMetrics();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final InstanceInside inside;
  private final UsageMeter meter;
  private final UsageWindows usage;
  private final NodeLogs logs;
  private final ExitWatcher exits;
  private final PodProcesses processes;
  private final Optional<Guardian> guardian;
  private final MemoryWatch memory;
  private final Fleet fleet;
  private final List<Runnable> preparations;

  /// @param traffic the gateway, asked before an instance is ended
  /// @param containers empty where only functions can be run, and those as plain processes
  /// @throws UncheckedIOException when the directories cannot be made or are too long
  public NodeInstances(
      NodeConfig config,
      FunctionPackages packages,
      ReferenceResolver resolver,
      InstanceTraffic traffic,
      Optional<ContainerSupport> containers) {
    this(config, packages, resolver, traffic, new ProcessSandbox(), containers);
  }

  NodeInstances(
      NodeConfig config,
      FunctionPackages packages,
      ReferenceResolver resolver,
      InstanceTraffic traffic,
      Sandbox sandbox,
      Optional<ContainerSupport> containers) {
    this.config = config;
    var runtime = containers.map(ContainerSupport::runtime);
    var clock = InstantSource.system();
    meter = new UsageMeter(this::list, sandbox, runtime, clock);
    usage =
        new UsageWindows(meter, Thread::sleep, () -> Duration.ofNanos(System.nanoTime()), clock);
    try {
      var paths = NodePaths.create(config.dataDirectory(), config.runDirectory());
      var bootId = InstanceRecords.bootId();
      var records = new InstanceRecords(paths.instances());
      var cleaner = new InstanceCleaner(paths, sandbox, records);
      var path = searchPath();
      var interpreters = new Interpreters(path, System::nanoTime);
      var runtimes = new Runtimes(config.homeDirectory(), interpreters);
      var functions =
          new FunctionPlanner(
              config.maxBodyBytes(), packages, runtimes, interpreters, path, resolver);
      var starter = new InstanceStarter(paths, sandbox, records, resolver, bootId);
      logs = new NodeLogs(paths.logs(), config);
      inside = new InstanceInside(this::list, runtime, logs);
      exits = new ExitWatcher(pid -> loop.execute(() -> ended(pid)));
      processes = new PodProcesses(exits);
      guardian =
          config.instancesEndWithServer() ? Optional.of(Guardian.start(paths)) : Optional.empty();
      var podRecords = new PodRecords(paths.pods());
      var host =
          containers.map(one ->
              new PodHost(
                  machine(paths, one.hostPaths()),
                  one.runtime(),
                  one.network(),
                  resolver,
                  new PodTokens(one.access(), InstantSource.system()),
                  logs,
                  processes,
                  podRecords,
                  bootId));
      fleet =
          new Fleet(
              config,
              loop,
              new Planner(
                  config,
                  paths,
                  functions,
                  containers.isPresent()
                      ? Optional.of(pods(config, containers.get(), functions, resolver))
                      : Optional.empty()),
              starter,
              cleaner,
              sandbox,
              exits,
              traffic,
              events,
              logs,
              metrics,
              RandomGenerator.getDefault(),
              host);
      memory = new MemoryWatch(loop, fleet);
      adopt(records, podRecords, cleaner, bootId);
      if (containers.isPresent() && host.isPresent()) {
        new EarlierPods(containers.get(), host.get())
            .find(podRecords, bootId)
            .forEach(found -> loop.execute(() -> fleet.adopt(found)));
      }
      preparations = List.of(() -> rehearse(starter, host), runtimes::prepare);
    } catch (IOException e) {
      loop.close();
      throw new UncheckedIOException(e);
    }
  }

  /// Does what the first start would else have to wait for, beside everything else: to be called
  /// when nothing more urgent is to be done.
  public void warmUp() {
    preparations.forEach(loop::work);
  }

  @Override
  public void register(Workload workload) {
    loop.execute(() -> fleet.register(workload));
  }

  @Override
  public void unregister(RevisionId revision) {
    loop.execute(() -> fleet.unregister(revision));
  }

  @Override
  public void scale(RevisionId revision, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count " + count);
    }
    long now = System.nanoTime();
    loop.execute(() -> fleet.scale(revision, count, now));
  }

  @Override
  public void run(InstanceId id, Workload workload) {
    loop.execute(() -> fleet.run(id, workload));
  }

  @Override
  public void stop(InstanceId instance) {
    loop.execute(() -> fleet.stop(instance, Optional.empty()));
  }

  @Override
  public void stop(InstanceId instance, Duration grace) {
    loop.execute(() -> fleet.stop(instance, Optional.of(grace)));
  }

  @Override
  public List<Instance> list() {
    return events.list();
  }

  /// Where a TCP port can be reached on which a process of an instance without a network of its own
  /// listens itself. Empty when none does, whoever else may listen on that port of this machine.
  public Optional<InetSocketAddress> listening(InstanceId instance, int port) {
    return inside.listening(instance, port);
  }

  /// A connection to a TCP port of an instance, as from a program of its own: what listens at its
  /// 127.0.0.1 only is reached too. Blocking.
  ///
  /// @throws IOException when none of the instance's processes listens there
  public SocketChannel connect(InstanceId instance, int port) throws IOException {
    return inside.connect(instance, port);
  }

  /// Why [#run] would be refused for an instance whatever the command is: it is isolated by process
  /// only. The text is for users; empty when commands can be run.
  public Optional<String> refusesCommands(InstanceId instance) {
    return inside.refusal(instance);
  }

  /// Runs a command in a container of an instance: its namespaces, control group, user, directory
  /// and environment. It ends with the instance, and when it is closed.
  ///
  /// @param container of an instance that consists of containers; of others it is not looked at
  /// @param command not empty; a name without a slash is looked for in the container's `PATH`
  /// @param terminal whether its streams are a terminal
  /// @throws IOException when the container does not run or the program is not there; the message
  ///   is for users
  public InstanceCommand run(
      InstanceId instance, String container, List<String> command, boolean terminal)
      throws IOException {
    return inside.run(instance, container, command, terminal);
  }

  /// The streams of a container's first process, from now on, in the form of a command: it ends
  /// with that process, and closing it lets go of the process. Of a plain process there is output
  /// only.
  ///
  /// @param container as for [#run]
  /// @param input whether the caller writes; else the process's input is left alone
  /// @throws IOException when the container does not run; the message is for users
  public InstanceCommand attach(InstanceId instance, String container, boolean input)
      throws IOException {
    return inside.attach(instance, container, input);
  }

  /// What the containers of all instances, and the machine, use of processor and memory. Blocking:
  /// up to a second when nobody has asked for a minute.
  public UsageReport usage() {
    return usage.report();
  }

  /// What the kernel counted of the containers of all instances, and of the machine. Blocking, for
  /// milliseconds.
  public Map<Metered, Counter> counters() {
    return meter.get();
  }

  @Override
  public InputStream logs(LogQuery query) {
    return logs.read(query);
  }

  @Override
  public Subscription subscribe(Consumer<InstanceEvent> listener) {
    loop.execute(() -> events.subscribe(listener));
    return () -> loop.execute(() -> events.unsubscribe(listener));
  }

  @Override
  public List<MetricFamily> metrics() {
    return metrics.families(list());
  }

  /// Drains and stops all instances, waiting up to the configured time, then kills what is left. To
  /// be called while the gateway still serves.
  @Override
  public void close() {
    end(false);
  }

  /// Kills all instances; also ends a [#close] under way on another thread.
  public void closeNow() {
    end(true);
  }

  /// Ends the node and leaves its instances running, as a crash would.
  void abandon() {
    if (closed.compareAndSet(false, true)) {
      closeThreads();
    }
  }

  private void end(boolean now) {
    if (now) {
      loop.execute(fleet::killAll);
    }
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    var empty = fleet.whenEmpty();
    loop.execute(fleet::close);
    if (!await(empty, now ? KILL_TIMEOUT : config.timeouts().shutdown())) {
      loop.execute(fleet::killAll);
      if (!await(empty, KILL_TIMEOUT)) {
        LOG.log(Level.WARNING, "some instances did not end: {0}", list());
      }
    }
    closeThreads();
  }

  private void closeThreads() {
    memory.close();
    inside.close();
    loop.close();
    exits.close();
    logs.close();
    guardian.ifPresent(Guardian::close);
  }

  private static void rehearse(InstanceStarter starter, Optional<PodHost> host) {
    try {
      starter.rehearse();
      if (host.isPresent()) {
        host.get().rehearse();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the first start will take longer", e);
    }
  }

  // The watcher lives before the fleet does, but sees processes only after.
  private void ended(long pid) {
    if (!processes.ended(pid)) {
      fleet.ended(pid);
    }
  }

  private void adopt(
      InstanceRecords records, PodRecords pods, InstanceCleaner cleaner, String bootId)
      throws IOException {
    var all = records.read();
    cleaner.cleanUpAllBut(
        Stream.concat(all.stream().map(InstanceRecord::id), pods.read().stream().map(PodRecord::id))
            .collect(Collectors.toSet()));
    for (var record : all) {
      if (record.isAlive(bootId)) {
        LOG.log(Level.INFO, "adopting {0} (pid {1})", record.id(), record.pid());
        loop.execute(() -> fleet.adopt(record));
      } else if (record.bootId().equals(bootId)) {
        cleaner.cleanUp(record);
      } else {
        cleaner.cleanUpFiles(record);
      }
    }
    loop.later(fleet::endOrphans, config.timeouts().adoption());
  }

  private static boolean await(CompletableFuture<Void> done, Duration timeout) {
    try {
      done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static PodPlanner pods(
      NodeConfig config,
      ContainerSupport containers,
      FunctionPlanner functions,
      ReferenceResolver resolver)
      throws IOException {
    return new PodPlanner(
        containers.images(),
        new ContainerFunctions(functions, config.dataDirectory().resolve("functions")),
        resolver,
        containers.access(),
        config.budget().defaultMemoryBytes());
  }

  private PodMachine machine(NodePaths paths, HostPaths hostPaths) {
    return new PodMachine(
        paths.work(),
        paths.sockets(),
        ClaimDirectories.root(config.dataDirectory()),
        hostPaths,
        HostName.read(),
        config.budget().memoryBytes(),
        Runtime.getRuntime().availableProcessors() * 1000L);
  }

  private static String searchPath() {
    var path = System.getenv("PATH");
    return path == null || path.isEmpty()
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : path;
  }
}

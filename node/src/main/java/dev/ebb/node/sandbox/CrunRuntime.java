package dev.ebb.node.sandbox;

import static dev.ebb.node.sandbox.SandboxException.Reason.RUNTIME_FAILED;

import dev.ebb.dataplane.StandardInput;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.CommandDescriptors;
import dev.ebb.node.CommandProcess;
import dev.ebb.node.Console;
import dev.ebb.node.InstanceCommand;
import dev.ebb.node.Linux;
import dev.ebb.node.NodeFiles;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.Spawn;
import dev.ebb.node.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Containers by crun, or by runc where that is not there. What they would do slowly or not at all
/// is done around it: mounts and control groups are ready before the container ([Slot]), and it is
/// ended without their help, by its control group. See docs/decisions/0067 and 0104.
public final class CrunRuntime implements ContainerRuntime {
  private static final Logger LOG = System.getLogger(CrunRuntime.class.getName());
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  /// A process in an uninterruptible call of the kernel ends later than this; its container is then
  /// left to the next try.
  private static final long DELETE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int RETRY_MILLIS = 20;

  private final OciRuntime runtime;
  private final Cgroups cgroups;
  private final ContainerStates states;
  private final Path stateRoot;
  private final Launchers launchers;
  private final FirstStreams streams = new FirstStreams();
  private final CreatedContainers created;
  private final Thread sweep = Orphans.sweep();
  private final AtomicLong commands = new AtomicLong(System.nanoTime());

  private CrunRuntime(
      OciRuntime runtime,
      Cgroups cgroups,
      ContainerStates states,
      Path stateRoot,
      Launchers launchers) {
    this.runtime = runtime;
    this.cgroups = cgroups;
    this.states = states;
    this.stateRoot = stateRoot;
    this.launchers = launchers;
    created = new CreatedContainers(stateRoot);
  }

  /// Makes this process the one that orphans of its descendants go to, and takes away what an
  /// earlier server had ready.
  ///
  /// @throws IOException when the machine does not allow it
  public static CrunRuntime open(SandboxConfig config) throws IOException {
    var found = Cgroups.find(config.owner(), Files.readAllLines(Path.of("/proc/self/mountinfo")));
    Cgroups cgroups =
        found
            .cgroups()
            .orElseThrow(
                () -> new IOException("the machine has no cgroup controllers " + found.missing()));
    cgroups.prepare();
    SystemCalls.adoptOrphans();
    var states = new ContainerStates(config.state());
    List<String> used = states.all().stream().map(ContainerStates.State::cgroup).toList();
    cgroups.names().stream()
        .filter(name -> !used.contains(name))
        .forEach(name -> cgroups.named(name).delete());
    Path root = Files.createDirectories(config.runtimeState());
    return new CrunRuntime(
        config.runtime(),
        cgroups,
        states,
        root,
        new Launchers(config.runtime(), cgroups, config.launchers()));
  }

  @Override
  public boolean creates() {
    return runtime.waitsForByte();
  }

  @Override
  public RunningContainer create(ContainerSpec spec) {
    RunningContainer container = launch(spec, List.of("create"));
    created.add(spec, container);
    return container;
  }

  @Override
  public RunningContainer start(ContainerSpec spec) {
    boolean waits = created.isWaiting(spec.id());
    Optional<RunningContainer> ready = created.start(spec);
    if (ready.isPresent()) {
      return ready.get();
    }
    if (waits) {
      delete(spec.id(), spec.bundle());
    }
    return launch(spec, List.of("run", "--detach"));
  }

  private RunningContainer launch(ContainerSpec spec, List<String> verb) {
    Users.Resolved user = user(spec);
    Capabilities.of(spec.security());
    try {
      return launchers.launch(slot -> born(spec, user, slot, verb));
    } catch (RuntimeException e) {
      try {
        delete(spec.id(), spec.bundle());
      } catch (SandboxException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static Users.Resolved user(ContainerSpec spec) {
    List<Path> layers = spec.root() instanceof Root.Layers image ? image.layers() : List.of();
    return Users.resolve(
        spec.user(),
        spec.security(),
        ImageFiles.read(layers, "etc", "passwd"),
        ImageFiles.read(layers, "etc", "group"));
  }

  private RunningContainer born(
      ContainerSpec spec, Users.Resolved user, Slot slot, List<String> verb) throws IOException {
    Path bundle = spec.bundle();
    Cgroup cgroup = slot.take();
    states.write(spec.id(), new ContainerStates.State(cgroup.name(), bundle));
    Files.createDirectories(
        bundle, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    slot.see(places(spec));
    slot.root(spec.root(), bundle, ImageOwners.BASE);
    Path config = bundle.resolve("config.json");
    byte[] text =
        BundleConfig.of(
            spec,
            user,
            mounts(spec),
            runtime,
            cgroups.path(cgroup),
            Stage.shown(cgroup.hierarchies()));
    Files.write(config, text);
    int owner = ImageOwners.BASE + user.user();
    log(spec.log(), owner);
    cgroup.limitFirst(spec.resources());
    try (var _ = Visit.of(runtime, spec.namespaces())) {
      run(spec, cgroup, streams.open(spec, owner), verb);
    }
    long pid = Long.parseLong(Files.readString(bundle.resolve("pid")).strip());
    cgroup.limitRest(spec.resources());
    return new RunningContainer(
        spec.id(),
        pid,
        ProcessStat.read(pid).map(ProcessStat::startTime).orElse(0L),
        System.nanoTime());
  }

  private void run(ContainerSpec spec, Cgroup cgroup, int input, List<String> verb)
      throws IOException {
    if (!spec.terminal()) {
      run(spec, command(spec, cgroup, verb), input);
      return;
    }
    try (ConsoleSocket socket = ConsoleSocket.listen(Stage.console())) {
      List<String> command = new ArrayList<>(command(spec, cgroup, verb));
      command.add(command.size() - 1, "--console-socket=" + socket.path());
      run(spec, command, input);
      Console console = Console.start(socket.receive(), spec.log());
      streams.show(spec.id(), console, spec.stdin() != StandardInput.NONE);
    }
  }

  /// All that the container is made of which may be a mount of the machine.
  private static List<Path> places(ContainerSpec spec) {
    List<Path> places = new ArrayList<>();
    places.add(spec.bundle());
    spec.namespaces().network().ifPresent(places::add);
    if (spec.root() instanceof Root.Layers image) {
      places.addAll(image.layers());
    }
    for (Mount mount : spec.mounts()) {
      if (mount.source() instanceof Mount.Bind(Path source, _)) {
        if (!Files.exists(source)) {
          throw new SandboxException(
              SandboxException.Reason.MOUNT_FAILED,
              "mount of %s: %s does not exist".formatted(mount.destination(), source));
        }
        places.add(source);
      }
    }
    return places;
  }

  /// In the user namespace of another container crun looks for sources with that one's rights. What
  /// has to be exact is mounted here, where it can be looked at.
  private static List<Mount> mounts(ContainerSpec spec) throws IOException {
    boolean shared = spec.namespaces().shareProcesses();
    List<Mount> reachable = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      reachable.add(
          mount.source() instanceof Mount.Bind(Path source, boolean exact) && (exact || shared)
              ? new Mount(
                  new Mount.Bind(Stage.source(reachable.size(), source, exact)),
                  mount.destination(),
                  mount.readOnly())
              : mount);
    }
    return reachable;
  }

  /// The user of the container owns it, so that programs can open `/dev/stdout`.
  private static void log(Path log, int owner) throws IOException {
    if (!Files.exists(log)) {
      Files.createFile(
          log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    if (Files.isRegularFile(log)) {
      SystemCalls.chown(log, owner, -1);
    }
  }

  private List<String> command(ContainerSpec spec, Cgroup cgroup, List<String> verb) {
    return Stream.of(
            Slot.entrance(runtime, cgroup),
            words(errors(spec)),
            verb,
            List.of(
                "--bundle=" + spec.bundle(),
                "--pid-file=" + spec.bundle().resolve("pid"),
                spec.id()))
        .flatMap(List::stream)
        .toList();
  }

  private List<String> words(Path errors) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            Stage.runtime().toString(),
            "--root=" + stateRoot,
            "--log=" + errors,
            "--log-format=json"));
    words.addAll(runtime.options());
    return words;
  }

  private static Path errors(ContainerSpec spec) {
    return spec.bundle().resolve("errors");
  }

  private static void run(ContainerSpec spec, List<String> command, int input) throws IOException {
    try {
      long pid =
          Spawn.start(
              new Spawn.Request(
                  command, ENVIRONMENT, Path.of("/"), new Spawn.LogFile(input, spec.log())));
      int code = Linux.awaitExit(pid).code();
      Linux.reap(pid);
      if (code != 0) {
        throw RuntimeErrors.read(errors(spec), spec.command().getFirst(), code);
      }
    } finally {
      if (input >= 0) {
        Linux.close(input);
      }
    }
  }

  @Override
  public void signal(String id, int signal) {
    first(id).ifPresent(pid -> Linux.kill(pid, signal));
  }

  /// The first process, if it runs: a number that is in the container's group is no stranger's.
  private Optional<Long> first(String id) {
    return states
        .find(id)
        .flatMap(state -> {
          try {
            long pid = Long.parseLong(Files.readString(state.bundle().resolve("pid")).strip());
            return cgroups.named(state.cgroup()).processes().contains(pid)
                ? Optional.of(pid)
                : Optional.empty();
          } catch (IOException e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public void delete(String id, Path bundle) {
    streams.delete(id);
    created.forget(id);
    try {
      Optional<ContainerStates.State> state = states.find(id);
      if (state.isPresent()) {
        end(id, cgroups.named(state.get().cgroup()));
        NodeFiles.delete(state.get().bundle());
      }
      NodeFiles.delete(stateRoot.resolve(id));
      NodeFiles.delete(bundle);
      states.delete(id);
    } catch (IOException e) {
      throw new SandboxException(RUNTIME_FAILED, "cannot clean up after " + id + ": " + e, e);
    }
  }

  /// Kills until nobody is left. The first process's end is the end of all that it has started.
  static void end(String id, Cgroup cgroup) throws IOException {
    long end = System.nanoTime() + DELETE_NANOS;
    while (!cgroup.delete()) {
      List<Long> processes = cgroup.processes();
      processes.forEach(pid -> Linux.kill(pid, Linux.SIGKILL));
      if (System.nanoTime() > end) {
        throw new IOException("processes of %s do not end: %s".formatted(id, processes));
      }
      if (processes.isEmpty()) {
        // A launcher that has not moved on yet.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      } else {
        SystemCalls.awaitEnd(processes.getFirst(), RETRY_MILLIS);
      }
    }
  }

  @Override
  public InstanceCommand exec(String id, List<String> command, boolean terminal)
      throws IOException {
    ContainerStates.State state =
        states.find(id).orElseThrow(() -> new IOException("container not found: " + id));
    long first = first(id).orElseThrow(() -> new IOException("cannot exec in a stopped container"));
    ContainerCommand.Papers papers =
        ContainerCommand.Papers.in(state.bundle(), commands.incrementAndGet());
    CommandDescriptors descriptors =
        terminal ? CommandDescriptors.terminal(Terminal.open()) : CommandDescriptors.pipes();
    try {
      Cgroup cgroup = cgroups.named(state.cgroup());
      Files.write(papers.process(), BundleConfig.process(state.bundle(), command, terminal));
      List<String> words = new ArrayList<>(Slot.entrance(runtime, cgroup));
      words.addAll(words(papers.errors()));
      words.addAll(
          List.of("exec", "--process=" + papers.process(), "--pid-file=" + papers.pid(), id));
      long pid =
          launchers.launch(slot -> {
            slot.join(cgroup);
            try (var _ = Visit.of(runtime, first)) {
              return Spawn.start(
                  new Spawn.Request(words, ENVIRONMENT, Path.of("/"), descriptors.childs()));
            }
          });
      CommandProcess started = new CommandProcess(pid, descriptors);
      started.start(Orphans::reapSoon);
      return new ContainerCommand(started, papers, command.getFirst(), cgroup::processes);
    } catch (IOException | RuntimeException e) {
      papers.delete();
      descriptors.close();
      throw e;
    } finally {
      descriptors.closeGiven();
    }
  }

  @Override
  public Optional<Console> console(String id) {
    return streams.console(id);
  }

  @Override
  public Optional<OutputStream> input(String id) throws IOException {
    ContainerStates.State state =
        states.find(id).orElseThrow(() -> new IOException("container not found: " + id));
    return streams.input(id, state.bundle());
  }

  @Override
  public Optional<ResourceUsage> usage(String id) {
    return states.find(id).map(state -> cgroups.named(state.cgroup()).usage());
  }

  @Override
  public boolean oomKilled(String id) {
    return states.find(id).map(state -> cgroups.named(state.cgroup()).oomKilled()).orElse(false);
  }

  @Override
  public List<String> left() {
    return states.ids();
  }

  @Override
  public void close() {
    launchers.close();
    streams.close();
    sweep.interrupt();
    if (states.all().isEmpty()) {
      try {
        cgroups.removeParents();
      } catch (IOException | UncheckedIOException e) {
        LOG.log(Level.DEBUG, "groups are left", e);
      }
    }
  }
}

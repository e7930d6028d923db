package dev.ebb.node.pods;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Probe;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.node.Environment;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.Mount;
import dev.ebb.node.sandbox.Namespaces;
import dev.ebb.node.sandbox.RunningContainer;
import dev.ebb.node.sandbox.SandboxException;
import dev.ebb.node.volumes.PodTokens;
import dev.ebb.node.volumes.VolumeException;
import dev.ebb.node.volumes.Volumes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What blocks in the life of a Pod: network, directories, containers, probes. Thread-safe.
public final class PodHost {
  private static final Logger LOG = System.getLogger(PodHost.class.getName());

  /// No hook may take longer than the longest grace that Knative gives.
  private static final Duration HOOK = Duration.ofMinutes(10);

  private final PodMachine machine;
  private final ContainerRuntime runtime;
  private final PodNetwork network;
  private final PodSurroundings surroundings;
  private final PodTokens tokens;
  private final ContainerLogs logs;
  private final Processes processes;
  private final Prober prober;
  private final PodFiles files;
  private final FunctionFiles functions;
  private final Volumes volumes;
  private final PackagePreparations packages;
  private final PodRecords records;
  private final String bootId;

  public PodHost(
      PodMachine machine,
      ContainerRuntime runtime,
      PodNetwork network,
      ReferenceResolver resolver,
      PodTokens tokens,
      ContainerLogs logs,
      Processes processes,
      PodRecords records,
      String bootId) {
    this.machine = machine;
    this.runtime = runtime;
    this.network = network;
    surroundings = new PodSurroundings(machine, resolver, tokens);
    this.tokens = tokens;
    this.logs = logs;
    this.processes = processes;
    this.records = records;
    this.bootId = bootId;
    prober = new Prober(runtime, network);
    files = new PodFiles(machine.work());
    functions = new FunctionFiles(machine.sockets());
    volumes = new Volumes(machine.claims(), machine.hostPaths());
    packages = new PackagePreparations(runtime, machine.work());
  }

  /// Goes through the making of a container and of a volume: what is loaded at first use need not
  /// be paid by the first start.
  public void rehearse() throws IOException {
    Rehearsal.play(runtime, machine.work());
    tokens.rehearse();
    volumes.rehearse(machine.work());
  }

  Processes processes() {
    return processes;
  }

  /// @throws StartRefusedException when something is missing; then nothing is left
  PodSetup setUp(InstanceId id, PodPlan plan) {
    var workload = plan.workload();
    var lease = network.lease(Tenants.of(id, workload));
    try {
      String hostname = surroundings.hostname(id, plan);
      Path directory = files.make(id, workload.pod(), lease, hostname);
      var made = volumes(id, plan, directory, lease);
      return new PodSetup(lease, directory, hostname, made, functions.make(id, plan));
    } catch (VolumeException e) {
      takeBack(id, lease);
      throw new StartRefusedException("FailedMount", String.valueOf(e.getMessage()), e.permanent());
    } catch (IOException | RuntimeException e) {
      takeBack(id, lease);
      throw e instanceof StartRefusedException refused
          ? refused
          : StartRefusedException.createFailed(e);
    }
  }

  /// Whether [#prepare] is possible.
  public boolean prepares(PodPlan plan) {
    return runtime.creates() && StandbyPod.isPossible(plan);
  }

  /// Makes a Pod of one container ahead.
  ///
  /// @throws StartRefusedException when something is missing; then nothing is left
  public StandbyPod prepare(InstanceId id, PodPlan plan) {
    plan.lease().hold();
    try {
      packages.require(plan.containers().getFirst());
      PodSetup setup = setUp(id, plan);
      ContainerPlan container = plan.containers().getFirst();
      try {
        var variables = surroundings.variables(id, plan, container, setup);
        Path log = logs.file(log(id, plan, container, 0));
        var spec = spec(id, plan, container, 0, setup, variables, log, OptionalLong.empty());
        return new StandbyPod(id, plan, setup, spec, runtime.create(spec), this);
      } catch (IOException | RuntimeException e) {
        takeBack(id, setup.network());
        throw StartRefusedException.createFailed(e);
      }
    } catch (RuntimeException e) {
      plan.lease().letGo();
      throw e;
    }
  }

  /// Takes away one that is not started, and lets its images go.
  void discard(StandbyPod standby) {
    try {
      takeAway(standby);
    } finally {
      standby.plan().lease().letGo();
    }
  }

  /// Takes away one that is not started.
  void takeAway(StandbyPod standby) {
    try {
      runtime.delete(standby.spec().id(), standby.spec().bundle());
      processes.reap(standby.container().pid());
      Files.deleteIfExists(standby.spec().log());
    } catch (IOException | SandboxException e) {
      // The next server finds it, as it has no record.
      LOG.log(Level.WARNING, "cannot take away the standby " + standby.id(), e);
    } finally {
      takeBack(standby.id(), standby.setup().network());
    }
  }

  private void takeBack(InstanceId id, NetworkLease lease) {
    tokens.forget(id.podUid());
    network.release(lease);
    files.delete(id);
    functions.delete(id);
  }

  /// Brings what was made ahead up to date.
  ///
  /// @throws StartRefusedException when something is missing meanwhile; then nothing is left
  PodSetup renew(StandbyPod standby) {
    PodPlan plan = standby.plan();
    try {
      volumes.refresh(
          plan.workload().pod(),
          standby.setup().directory(),
          surroundings.projection(standby.id(), plan, standby.setup().network()));
      return standby.setup();
    } catch (VolumeException e) {
      takeAway(standby);
      throw new StartRefusedException("FailedMount", String.valueOf(e.getMessage()), e.permanent());
    } catch (IOException e) {
      takeAway(standby);
      throw StartRefusedException.createFailed(e);
    }
  }

  private Map<String, Mount.Source> volumes(
      InstanceId id, PodPlan plan, Path directory, NetworkLease lease) throws IOException {
    var workload = plan.workload();
    return volumes.make(
        workload.pod(),
        workload.revision().namespace(),
        directory,
        surroundings.projection(id, plan, lease));
  }

  /// Writes what has changed since in the sources of a Pod's volumes.
  void refresh(InstanceId id, PodPlan plan, PodSetup setup) {
    try {
      volumes.refresh(
          plan.workload().pod(),
          setup.directory(),
          surroundings.projection(id, plan, setup.network()));
    } catch (VolumeException e) {
      LOG.log(Level.DEBUG, "{0}: a volume stays as it was: {1}", id, e.getMessage());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot bring the volumes of " + id + " up to date", e);
    }
  }

  /// @param sandbox a process whose namespaces it joins
  /// @throws StartRefusedException when no process came into being
  RunningContainer start(
      InstanceId id,
      PodPlan plan,
      ContainerPlan container,
      int attempt,
      PodSetup setup,
      OptionalLong sandbox) {
    try {
      Environment variables = surroundings.variables(id, plan, container, setup);
      Path log = logs.open(log(id, plan, container, attempt));
      functions.renew(container, attempt, setup);
      try {
        return runtime.start(spec(id, plan, container, attempt, setup, variables, log, sandbox));
      } catch (SandboxException e) {
        // Its process may have ended meanwhile, and its namespaces with it.
        if (sandbox.isPresent() && !isAlive(sandbox.getAsLong())) {
          // What is in the log is the runtime's complaint.
          Files.deleteIfExists(log);
          return runtime.start(
              spec(id, plan, container, attempt, setup, variables, log, OptionalLong.empty()));
        }
        throw e;
      }
    } catch (SandboxException e) {
      throw refused(container, e);
    } catch (VolumeException e) {
      throw new StartRefusedException(
          "CreateContainerConfigError", String.valueOf(e.getMessage()), e.permanent());
    } catch (IOException e) {
      throw StartRefusedException.createFailed(e);
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessStat.read(pid).filter(stat -> stat.state() != 'Z').isPresent();
  }

  private ContainerSpec spec(
      InstanceId id,
      PodPlan plan,
      ContainerPlan container,
      int attempt,
      PodSetup setup,
      Environment variables,
      Path log,
      OptionalLong sandbox)
      throws IOException {
    var pod = plan.workload().pod();
    return new ContainerSpec(
        PodNames.container(id, container.name(), attempt),
        PodNames.bundle(setup.directory(), container.name(), attempt),
        container.root(),
        container.command().stream().map(variables::expand).toList(),
        PodSurroundings.environment(container, setup, variables),
        container.workingDirectory(),
        container.user(),
        mounts(id, plan, container, attempt, setup),
        ContainerSpecs.security(pod, container.container()),
        ContainerSpecs.resources(container.container()),
        new Namespaces(
            Optional.of(setup.network().path()),
            sandbox,
            pod.shareProcessNamespace() && sandbox.isPresent()),
        setup.hostname(),
        log,
        container.container().stdin(),
        container.container().tty());
  }

  void signal(InstanceId id, ContainerPlan container, int attempt, int signal) {
    runtime.signal(PodNames.container(id, container.name(), attempt), signal);
  }

  /// How a run ended; its process is still in the process table.
  ///
  /// @param killReason why Ebb ended it, when that is a failure
  /// @param asked its end was asked for
  ExitStatus exit(
      InstanceId id,
      PodPlan plan,
      ContainerPlan container,
      int attempt,
      RunningContainer running,
      String killReason,
      boolean asked) {
    var exit = processes.exit(running.pid());
    int code = exit.map(Processes.Exit::code).orElse(-1);
    String reason;
    if (!killReason.isEmpty()) {
      reason = killReason;
    } else if (code != 0 && runtime.oomKilled(running.id())) {
      reason = "OOMKilled";
    } else if (exit.isEmpty()) {
      reason = "Unknown";
    } else {
      reason = code == 0 ? "Completed" : asked && code > 128 ? "Stopped" : "Error";
    }
    var log = log(id, plan, container, attempt);
    return new ExitStatus(
        code,
        exit.map(Processes.Exit::signal).orElse(0),
        reason,
        logs.lastLines(log),
        TerminationMessages.read(
            PodNames.message(machine.work().resolve(id.value()), container.name(), attempt),
            container.container().terminationMessage(),
            !plan.workload().service().isEmpty(),
            code,
            () ->
                logs.lastLines(log, TerminationMessages.LOG_LINES, TerminationMessages.LOG_BYTES)));
  }

  /// Takes away what a run leaves.
  void delete(
      InstanceId id, PodPlan plan, ContainerPlan container, int attempt, RunningContainer running) {
    runtime.delete(
        running.id(),
        PodNames.bundle(machine.work().resolve(id.value()), container.name(), attempt));
    processes.reap(running.pid());
    functions.delete(machine.work().resolve(id.value()), container, attempt);
    logs.closed(log(id, plan, container, attempt));
  }

  /// Takes away what is left of a Pod, of which nothing runs.
  void tearDown(InstanceId id, PodSetup setup) {
    tokens.forget(id.podUid());
    files.delete(id);
    functions.delete(id);
    network.release(setup.network());
    try {
      // Last: while the record is there, a later server finds what is left.
      records.delete(id);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot delete the record of " + id, e);
    }
  }

  String bootId() {
    return bootId;
  }

  /// A Pod that no later server could find must not run: whoever cannot write its record ends it.
  void save(PodRecord record) throws IOException {
    records.write(record);
  }

  /// What an earlier server set up; empty when its network is gone.
  public Optional<PodSetup> takeOver(PodRecord record) {
    return network
        .reattach(record.network().tenant(), record.network().name())
        .map(lease ->
            new PodSetup(
                lease,
                machine.work().resolve(record.id().value()),
                record.hostname(),
                Map.of(),
                record.bySocket() ? Optional.of(functions.find(record.id())) : Optional.empty()));
  }

  /// Takes away a container of which nothing but its name is known.
  public void discard(String runtimeId) {
    runtime.delete(runtimeId, machine.work().resolve(runtimeId));
  }

  /// Takes away the directories of all other Pods.
  public void discardAllBut(Collection<String> instances) {
    files.deleteAllBut(instances);
  }

  /// Takes away what is left of a Pod of an earlier server.
  public void discard(PodRecord record) {
    for (PodRecord.Container one : record.containers()) {
      runtime.delete(
          one.runtimeId(),
          PodNames.bundle(machine.work().resolve(record.id().value()), one.name(), one.run()));
    }
    tearDown(
        record.id(),
        new PodSetup(record.network(), machine.work(), "", Map.of(), Optional.empty()));
  }

  ProbeResult probe(
      InstanceId id, ContainerPlan container, int attempt, PodSetup setup, long pid, Probe probe) {
    return prober.ask(probe.action(), probe.timeout(), target(id, container, attempt, setup, pid));
  }

  /// Does what a life cycle hook asks for.
  ProbeResult hook(
      InstanceId id,
      ContainerPlan container,
      int attempt,
      PodSetup setup,
      long pid,
      Probe.Action action) {
    return prober.ask(action, HOOK, target(id, container, attempt, setup, pid));
  }

  /// How the kubelet calls a Pod in its messages: `NAME_NAMESPACE(UID)`.
  String podName(InstanceId id, PodPlan plan) {
    return "%s_%s(%s)"
        .formatted(
            machine.podName(id, plan.workload()), plan.workload().revision().namespace(), id);
  }

  private static ProbeTarget target(
      InstanceId id, ContainerPlan container, int attempt, PodSetup setup, long pid) {
    return new ProbeTarget(
        PodNames.container(id, container.name(), attempt),
        pid,
        setup,
        container.container().port() == 0 ? PodPlanner.DEFAULT_PORT : container.container().port(),
        container.bySocket());
  }

  private List<Mount> mounts(
      InstanceId id, PodPlan plan, ContainerPlan container, int attempt, PodSetup setup)
      throws IOException {
    var mounts = new ArrayList<Mount>(PodFiles.mounts(setup.directory()));
    mounts.addAll(functions.mounts(plan, container, attempt, setup));
    // Of an adopted one they are there, and only their names must be found again.
    var made =
        setup.volumes().isEmpty()
            ? volumes(id, plan, setup.directory(), setup.network())
            : setup.volumes();
    mounts.add(
        TerminationMessages.make(
            PodNames.message(setup.directory(), container.name(), attempt),
            container.container().terminationMessage()));
    for (var mount : container.container().volumeMounts()) {
      mounts.add(Volumes.mount(plan.workload().pod(), mount, made));
    }
    return mounts;
  }

  private static ContainerLogs.Name log(
      InstanceId id, PodPlan plan, ContainerPlan container, int attempt) {
    return new ContainerLogs.Name(plan.workload().revision(), id, container.name(), attempt);
  }

  /// The kubelet's reasons.
  private static StartRefusedException refused(ContainerPlan container, SandboxException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case COMMAND_NOT_FOUND, PERMISSION_DENIED ->
          StartRefusedException.lasting("RunContainerError", message);
      case BAD_USER ->
          StartRefusedException.lasting(
              "CreateContainerConfigError",
              message.contains(container.name())
                  ? message
                  : "container \"" + container.name() + "\": " + message);
      case MOUNT_FAILED -> new StartRefusedException("CreateContainerError", message, false);
      case RUNTIME_FAILED -> new StartRefusedException("CreateContainerError", message, false);
    };
  }
}

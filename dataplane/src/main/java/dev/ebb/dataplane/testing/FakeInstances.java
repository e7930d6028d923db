package dev.ebb.dataplane.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.StartupPhases;
import dev.ebb.dataplane.Subscription;
import dev.ebb.dataplane.Workload;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Instances without processes. A test says what happens to them:
///
/// ```
/// var instances = new FakeInstances();
/// instances.scale(revision, 1);                    // what the code under test does
/// var id = instances.list().getFirst().id();       // STARTING
/// instances.ready(id, address);                    // what the test lets happen
/// instances.exit(id, FakeInstances.crash(1, "boom"));
/// ```
///
/// Instances are named `<revision>-deployment-0000000000-0000N`, start in phase STARTING and stop
/// at once. An instance that crashed is not replaced. Thread-safe; listeners are called on the
/// thread that causes the event.
public final class FakeInstances implements Instances {
  private static final StartupPhases STARTUP =
      new StartupPhases(
          Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3), Duration.ofMillis(1));

  private final Map<RevisionId, Workload> workloads = new LinkedHashMap<>();
  private final Map<RevisionId, Integer> counts = new LinkedHashMap<>();
  private final Map<InstanceId, Duration> graces = new LinkedHashMap<>();
  private final Map<InstanceId, Instance> instances = new LinkedHashMap<>();
  private final List<Consumer<InstanceEvent>> listeners = new ArrayList<>();
  private final List<LogQuery> logQueries = new ArrayList<>();
  private boolean readyAtOnce;
  private String logText = "";
  private Instant now = Instant.EPOCH;
  private int started;

  public static ExitStatus crash(int code, String lastLogLines) {
    return new ExitStatus(code, 0, "Error", lastLogLines);
  }

  @Override
  public synchronized void register(Workload workload) {
    workloads.put(workload.revision(), workload);
  }

  @Override
  public synchronized void unregister(RevisionId revision) {
    scale(revision, 0);
    workloads.remove(revision);
    counts.remove(revision);
  }

  @Override
  public synchronized void scale(RevisionId revision, int count) {
    counts.put(revision, count);
    var running = list().stream().filter(one -> one.revision().equals(revision)).toList();
    for (int i = running.size(); i > count; i--) {
      stop(running.get(i - 1).id());
    }
    for (int i = running.size(); i < count; i++) {
      start(revision);
    }
  }

  @Override
  public synchronized void run(InstanceId id, Workload workload) {
    workloads.put(workload.revision(), workload);
    if (!instances.containsKey(id)) {
      start(id, workload.revision());
    }
  }

  @Override
  public synchronized void stop(InstanceId id) {
    drain(id);
    exit(id, new ExitStatus(0, 0, "Stopped", ""));
  }

  @Override
  public synchronized void stop(InstanceId id, Duration grace) {
    graces.put(id, grace);
    stop(id);
  }

  /// What [#stop(InstanceId, Duration)] was called with last.
  public synchronized Map<InstanceId, Duration> graces() {
    return Map.copyOf(graces);
  }

  @Override
  public synchronized List<Instance> list() {
    return List.copyOf(instances.values());
  }

  /// What [#logText] set, whatever is asked for.
  @Override
  public synchronized InputStream logs(LogQuery query) {
    logQueries.add(query);
    return new ByteArrayInputStream(logText.getBytes(UTF_8));
  }

  @Override
  public synchronized Subscription subscribe(Consumer<InstanceEvent> listener) {
    list().forEach(instance -> listener.accept(new InstanceEvent.PhaseChanged(instance)));
    listeners.add(listener);
    return () -> {
      synchronized (this) {
        listeners.remove(listener);
      }
    };
  }

  /// From now on instances are READY as soon as they are started, at a unix socket that is not
  /// there.
  public synchronized void readyAtOnce() {
    readyAtOnce = true;
  }

  /// When later instances are created.
  public synchronized void now(Instant instant) {
    now = instant;
  }

  public synchronized void logText(String text) {
    logText = text;
  }

  public synchronized void ready(InstanceId id, SocketAddress address) {
    var instance = get(id);
    change(with(instance, Phase.READY, Optional.of(address), true, Optional.empty()));
  }

  /// Its containers are in these states now.
  public synchronized void containers(InstanceId id, String ip, List<ContainerState> containers) {
    var old = get(id);
    change(
        new Instance(
            id,
            old.revision(),
            old.phase(),
            old.ready(),
            old.address(),
            old.pid(),
            old.createdAt(),
            old.startup(),
            old.wanted(),
            old.exit(),
            ip,
            containers));
  }

  /// Its readiness went, or came back: it stays in phase READY.
  public synchronized void readiness(InstanceId id, boolean ready) {
    var old = get(id);
    change(
        new Instance(
            id,
            old.revision(),
            old.phase(),
            ready,
            old.address(),
            old.pid(),
            old.createdAt(),
            old.startup(),
            old.wanted(),
            old.exit(),
            old.ip(),
            old.containers()));
  }

  /// The instance is told to stop and goes on until [#exit].
  public synchronized void drain(InstanceId id) {
    var instance = get(id);
    change(with(instance, Phase.DRAINING, instance.address(), false, Optional.empty()));
  }

  /// The instance ends: a failure unless it was told to stop.
  public synchronized void exit(InstanceId id, ExitStatus status) {
    var instance = get(id);
    instances.remove(id);
    tell(
        new InstanceEvent.PhaseChanged(
            with(
                instance,
                Phase.EXITED,
                instance.address(),
                instance.wanted(),
                Optional.of(status))));
  }

  public synchronized void refuse(
      RevisionId revision, String reason, String message, boolean permanent) {
    tell(new InstanceEvent.StartRefused(revision, reason, message, permanent));
  }

  /// The last registered workload of each revision.
  public synchronized Map<RevisionId, Workload> workloads() {
    return Map.copyOf(workloads);
  }

  /// The last count that `scale` asked for.
  public synchronized Optional<Integer> scaleOf(RevisionId revision) {
    return Optional.ofNullable(counts.get(revision));
  }

  public synchronized List<LogQuery> logQueries() {
    return List.copyOf(logQueries);
  }

  private void start(RevisionId revision) {
    var name = revision.name() + "-deployment-0000000000-%05d".formatted(started + 1);
    start(new InstanceId(name), revision);
  }

  private void start(InstanceId id, RevisionId revision) {
    started++;
    change(
        new Instance(
            id,
            revision,
            Phase.STARTING,
            Optional.empty(),
            100_000L + started,
            now,
            Optional.empty(),
            true,
            Optional.empty()));
    if (readyAtOnce) {
      ready(id, UnixDomainSocketAddress.of("/nonexistent/" + started + ".sock"));
    }
  }

  private Instance get(InstanceId id) {
    var instance = instances.get(id);
    if (instance == null) {
      throw new IllegalArgumentException("no instance " + id);
    }
    return instance;
  }

  private void change(Instance instance) {
    instances.put(instance.id(), instance);
    tell(new InstanceEvent.PhaseChanged(instance));
  }

  private void tell(InstanceEvent event) {
    List.copyOf(listeners).forEach(listener -> listener.accept(event));
  }

  private static Instance with(
      Instance old,
      Phase phase,
      Optional<SocketAddress> address,
      boolean wanted,
      Optional<ExitStatus> exit) {
    return new Instance(
        old.id(),
        old.revision(),
        phase,
        phase == Phase.READY,
        address,
        old.pid(),
        old.createdAt(),
        address.isPresent() ? Optional.of(STARTUP) : Optional.empty(),
        wanted,
        exit,
        old.ip(),
        old.containers());
  }
}

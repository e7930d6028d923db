package dev.ebb.node.pods;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Root;
import dev.ebb.node.volumes.HostPaths;
import dev.ebb.node.volumes.PodTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Pod on a machine that a test makes up.
final class PodBench implements PodListener {
  static final InstanceId ID = new InstanceId("00000000-0000-0000-0000-000000000001");
  final ManualLoop loop = new ManualLoop();
  final FakeContainers fake = new FakeContainers();
  Ends ends = Ends.RESTART;
  final List<Integer> crashes = new ArrayList<>();
  Optional<ExitStatus> ended = Optional.empty();
  Optional<StartRefusedException> refused = Optional.empty();
  boolean wasReady;
  private final List<Pod> pods = new ArrayList<>();
  private boolean leaseOver;
  private final Path records;

  PodBench(Path records) {
    this.records = records;
  }

  static PodSpec pod(
      PodSpec.RestartPolicy policy, List<Container> inits, List<Container> containers) {
    return PodSpec.of(containers).edit().initContainers(inits).restartPolicy(policy).build();
  }

  static Workload workload(PodSpec pod) {
    return new Workload(
        new RevisionId("default", "pod"),
        "",
        "",
        pod,
        0,
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        Duration.ofSeconds(30));
  }

  Pod start(
      Path work, PodSpec.RestartPolicy policy, List<Container> inits, List<Container> containers) {
    var plans = new ArrayList<ContainerPlan>();
    inits.forEach(one -> plans.add(plan(one, true)));
    containers.forEach(one -> plans.add(plan(one, false)));
    var lease = new ImageLease(List.of(() -> leaseOver = true));
    var plan = new PodPlan(workload(pod(policy, inits, containers)), plans, 0, "hash", 1, lease);
    var host =
        new PodHost(
            new PodMachine(
                work,
                records.resolve("sockets"),
                work.resolve("claims"),
                HostPaths.NONE,
                "node",
                1 << 30,
                2000),
            fake,
            fake,
            nothing(),
            new PodTokens(ApiAccess.NONE, InstantSource.system()),
            fake,
            fake,
            new PodRecords(records),
            "boot");
    var pod = new Pod(ID, plan, ends, host, loop, this);
    pods.add(pod);
    pod.start();
    lease.letGo();
    return pod;
  }

  private static ContainerPlan plan(Container container, boolean init) {
    return new ContainerPlan(
        container,
        init,
        new Root.Layers(List.of(Path.of("/layer")), Root.Writable.DISK),
        List.of("program"),
        Map.of(),
        Map.of(),
        "/",
        ContainerUser.ROOT,
        StopSignal.SIGTERM,
        "image@sha256:0",
        Optional.empty());
  }

  private static ReferenceResolver nothing() {
    return new ReferenceResolver() {
      @Override
      public Optional<Map<String, byte[]>> secret(String namespace, String name) {
        return Optional.empty();
      }

      @Override
      public Optional<Map<String, String>> configMap(String namespace, String name) {
        return Optional.empty();
      }
    };
  }

  static Container with(Container container, Container.Probes probes) {
    return container.edit().probes(probes).build();
  }

  static Container with(Container one, Container.Lifecycle lifecycle) {
    return one.edit().lifecycle(lifecycle).build();
  }

  static Container restartAlways(Container one) {
    return one.edit().restartAlways().build();
  }

  ContainerState state(String name) {
    return pods.getLast().states().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  void endAll() {
    pods.forEach(pod -> pod.kill(""));
    loop.pass(Duration.ofMinutes(1));
  }

  boolean leaseIsOver() {
    return leaseOver;
  }

  @Override
  public void changed(Pod pod) {}

  @Override
  public void refused(Pod pod, StartRefusedException why) {
    refused = Optional.of(why);
  }

  @Override
  public void created(Pod pod, long spawnedAt) {}

  @Override
  public void ready(Pod pod, long bootedAt, long listeningAt) {
    wasReady = true;
  }

  @Override
  public void crashed(Pod pod, ExitStatus exit) {
    crashes.add(exit.code());
  }

  @Override
  public void ended(Pod pod, ExitStatus exit) {
    ended = Optional.of(exit);
  }

  @Override
  public void cleanedUp(Pod pod) {}
}

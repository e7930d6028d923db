package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerSecurity;
import dev.ebb.dataplane.ContainerSecurity.SeccompProfile;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.InstanceTraffic;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.ReferenceResolver;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionPackages;
import dev.ebb.images.containers.ContainerImage;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.images.containers.ImageConfig;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.images.layers.ImageOwners;
import dev.ebb.node.network.NetworkConfig;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import dev.ebb.node.volumes.HostPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A node with real containers: crun, network namespaces, and an image of one layer that has
/// busybox. Closing it checks that nothing is left of any instance.
final class ContainerMachine
    implements AutoCloseable, InstanceTraffic, ReferenceResolver, ContainerImages {
  static final RevisionId HELLO = new RevisionId("default", "hello-00001");
  static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String DIGEST = "sha256:" + "0".repeat(64);
  static final String IMAGE = "example.com/busybox@" + DIGEST;

  final Path root;
  final List<InstanceEvent> events = new CopyOnWriteArrayList<>();
  final Map<String, Map<String, String>> references = new HashMap<>();
  final Map<String, ImageException> failures = new HashMap<>();
  final List<Path> hostPaths = new ArrayList<>();
  final AtomicInteger held = new AtomicInteger();
  ImageConfig config = config(List.of(), List.of());
  private final Path run;
  private final Path layer;
  private final String owner =
      "ebb-test-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
  private final OciRuntime oci;
  private final FunctionPackages packages;
  private CrunRuntime runtime;
  private NetworkPool network;
  NodeInstances node;

  /// With crun.
  ContainerMachine(Path root) throws IOException {
    this(root, "crun");
  }

  /// @param runtime `crun` or `runc`
  ContainerMachine(Path root, String runtime) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    this.root = root;
    oci =
        runtime.equals("crun")
            ? OciRuntime.crun(program(runtime))
            : OciRuntime.runc(program(runtime));
    run = Files.createTempDirectory(Path.of("/tmp"), "ebb-run");
    packages = new FunctionPackages(root.resolve("images"));
    Machine.makeRuntime(root);
    layer = layer(Files.createDirectories(root.resolve("layer")));
    this.runtime = runtime();
    network = network();
    node = start();
  }

  static ImageConfig config(List<String> entrypoint, List<String> command, String... environment) {
    return new ImageConfig(
        "amd64",
        "linux",
        "",
        entrypoint,
        command,
        List.of(environment),
        "",
        "",
        Set.of(),
        Set.of(),
        "",
        Map.of(),
        List.of());
  }

  private static Path layer(Path layer) throws IOException {
    Path bin = Files.createDirectory(layer.resolve("bin"));
    Files.copy(program("busybox"), bin.resolve("busybox"));
    for (String name :
        List.of(
            "sh", "cat", "sleep", "id", "env", "nc", "httpd", "hostname", "tail", "head", "grep")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    Files.createDirectory(layer.resolve("tmp"));
    Path etc = Files.createDirectory(layer.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\nwww:x:33:34::/srv:/bin/sh\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nweb:x:34:\n");
    Files.createDirectory(layer.resolve("www"));
    Files.writeString(layer.resolve("www/index.html"), "hello from busybox");
    try (var files = Files.walk(layer)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", ImageOwners.BASE, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", ImageOwners.BASE, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return layer;
  }

  private static Path program(String name) {
    return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(".ci/tools installs " + name));
  }

  private CrunRuntime runtime() throws IOException {
    return CrunRuntime.open(
        new SandboxConfig(oci, owner, root.resolve("containers"), root.resolve("crun"), 4));
  }

  private NetworkPool network() {
    NetworkPool pool = NetworkPool.open(NetworkConfig.defaults(root, run).withSize(4));
    pool.apply(NetworkPolicies.none());
    return pool;
  }

  private NodeInstances start() {
    var started =
        new NodeInstances(
            NodeConfig.defaults(root.resolve("home"), root, run)
                .with(
                    new NodeConfig.Timeouts(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1))),
            packages,
            this,
            this,
            Optional.of(
                new ContainerSupport(
                    runtime,
                    this,
                    new PoolNetwork(network),
                    ApiAccess.NONE,
                    new HostPaths(hostPaths))));
    started.subscribe(events::add);
    return started;
  }

  /// As `ebb up --allow-host-path` does: for the next server.
  void allow(Path path) throws IOException {
    hostPaths.add(path);
    restart();
  }

  /// As if the server had been killed and started again.
  void restart() throws IOException {
    node.abandon();
    network.close(true);
    runtime.close();
    held.set(0);
    events.clear();
    this.runtime = runtime();
    network = network();
    node = start();
  }

  /// A program of the image that the shell runs.
  static Container container(String name, String script) {
    return shell(Container.of(name, IMAGE), List.of("/bin/sh", "-c", script));
  }

  /// A function from source, see [Machine].
  Container function(String name, String script) {
    return Container.of(name, Machine.image(packages, script));
  }

  /// Of the only function package.
  Path unpacked() throws IOException {
    try (var all = Files.walk(root.resolve("images/unpacked"), 2)) {
      return all.filter(it -> it.getFileName().toString().matches("[0-9a-f]{64}"))
          .findFirst()
          .orElseThrow();
    }
  }

  static Container shell(Container one, List<String> command) {
    return one.edit().command(command.toArray(String[]::new)).build();
  }

  static ContainerSecurity user(long id, long group) {
    return new ContainerSecurity(
        OptionalLong.of(id),
        OptionalLong.of(group),
        Optional.empty(),
        false,
        false,
        false,
        List.of(),
        List.of(),
        SeccompProfile.RUNTIME_DEFAULT);
  }

  static Workload revision(Container container) {
    return workload(HELLO, "hello", PodSpec.of(container));
  }

  static Workload workload(RevisionId id, String service, PodSpec pod) {
    return new Workload(
        id,
        service,
        service,
        pod,
        0,
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofMillis(200));
  }

  Instance serve(Workload workload) {
    node.register(workload);
    node.scale(workload.revision(), 1);
    return awaitReady();
  }

  Instance awaitReady() {
    List<Instance> ready = new CopyOnWriteArrayList<>();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          ready.clear();
          ready.addAll(node.list());
          assertThat(ready)
              .as(() -> "events: " + events)
              .hasSize(1)
              .allMatch(one -> one.phase() == Phase.READY);
        });
    return ready.getFirst();
  }

  Instance awaitState(java.util.function.Predicate<ContainerState> what) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(changes())
                .flatExtracting(Instance::containers)
                .as(() -> "events: " + events)
                .anyMatch(what));
    return changes().stream()
        .filter(one -> one.containers().stream().anyMatch(what))
        .findFirst()
        .orElseThrow();
  }

  Instance awaitExit() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(changes())
                .as(() -> "events: " + events)
                .anyMatch(one -> one.phase() == Phase.EXITED));
    return changes().stream().filter(one -> one.phase() == Phase.EXITED).findFirst().orElseThrow();
  }

  InstanceEvent.StartRefused awaitRefused() {
    await()
        .atMost(PATIENCE)
        .until(() -> events.stream().anyMatch(InstanceEvent.StartRefused.class::isInstance));
    return events.stream()
        .filter(InstanceEvent.StartRefused.class::isInstance)
        .map(InstanceEvent.StartRefused.class::cast)
        .findFirst()
        .orElseThrow();
  }

  List<Instance> changes() {
    return events.stream()
        .filter(InstanceEvent.PhaseChanged.class::isInstance)
        .map(event -> ((InstanceEvent.PhaseChanged) event).instance())
        .toList();
  }

  String get(Instance instance) throws IOException {
    try (var socket = new Socket()) {
      socket.connect((InetSocketAddress) instance.address().orElseThrow(), 60_000);
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write("GET /index.html HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void awaitLog(String container, String text) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(log(container)).as(() -> "events: " + events).contains(text));
  }

  String log(String container) throws IOException {
    var query =
        new LogQuery(List.of(HELLO), Optional.empty(), -1, false, Optional.empty(), false, false);
    try (InputStream in = node.logs(query.ofContainer(container, false))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    node.unregister(HELLO);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(held).as("images held").hasValue(0));
    node.close();
    try {
      // The rehearsal of a start may still be under way.
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(runtime.left()).as("containers left").isEmpty());
      assertThat(root.resolve("work")).isEmptyDirectory();
      assertThat(root.resolve("pods")).isEmptyDirectory();
      assertThat(run.resolve("i")).isEmptyDirectory();
      network.close();
      runtime.close();
      NodeFiles.delete(run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int inFlight(InstanceId instance) {
    return 0;
  }

  @Override
  public CompletionStage<Void> drain(InstanceId instance) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> quiet(InstanceId instance) {
    return drain(instance);
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String namespace, String name) {
    return configMap(namespace, name)
        .map(data -> {
          var bytes = new HashMap<String, byte[]>();
          data.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
          return bytes;
        });
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return Optional.ofNullable(references.get(name));
  }

  @Override
  public String resolve(ImageReference image, PullCredentials credentials) {
    return DIGEST;
  }

  @Override
  public ContainerImage open(ImageReference image, PullCredentials credentials) {
    var failure = failures.get(image.name());
    if (failure != null) {
      throw failure;
    }
    held.incrementAndGet();
    return new ContainerImage(image, DIGEST, config, List.of(layer), held::decrementAndGet);
  }

  @Override
  public void require(ImageReference image, ImageUser user) {}

  @Override
  public Optional<ContainerImage> hold(ImageReference image) {
    return isReady(image) ? Optional.of(open(image, PullCredentials.none())) : Optional.empty();
  }

  @Override
  public boolean isReady(ImageReference image) {
    return !failures.containsKey(image.name());
  }
}

package dev.ebb.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.ExitStatus;
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
import dev.ebb.images.FunctionImage;
import dev.ebb.images.FunctionPackageConfig;
import dev.ebb.images.FunctionPackages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// A node on real directories with real processes, and a runtime whose functions are Python scripts
/// that do the instance's part themselves: `listen()` serves for ever. Closing it checks that
/// nothing is left of any instance.
final class Machine implements AutoCloseable, InstanceTraffic, ReferenceResolver {
  static final RevisionId HELLO = new RevisionId("default", "hello-00001");
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /// Of one Python script: where there is no socket, it serves what it is told at its port.
  private static final String RUNTIME =
      """
      import os, socket, sys, signal, time
      place = os.environ.get('EBB_SOCKET')
      if place:
          open(place + '.boot', 'w').close()
      def listen(answer=b''):
          server = socket.socket(socket.AF_UNIX if place else socket.AF_INET)
          server.bind(place or ('0.0.0.0', int(os.environ['PORT'])))
          server.listen(64)
          while True:
              connection, _ = server.accept()
              if answer and connection.recv(4096):
                  connection.send(b'HTTP/1.1 %s\\r\\n\\r\\n' % answer)
              connection.close()
      path = os.path.join(os.environ['EBB_FUNCTION_DIR'], os.environ['EBB_ENTRYPOINT'])
      exec(compile(open(path).read(), path, 'exec'))
      """;

  final Path root;
  final Path run;
  final List<InstanceEvent> events = new CopyOnWriteArrayList<>();
  final Map<InstanceId, CompletableFuture<Void>> drains = new ConcurrentHashMap<>();
  final Map<InstanceId, Integer> inFlight = new ConcurrentHashMap<>();
  final Map<String, Map<String, String>> references = new HashMap<>();
  private final FunctionPackages packages;
  private final UnaryOperator<NodeConfig> configuration;
  private final Sandbox sandbox;
  final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private boolean holdDrains;
  NodeInstances node;

  Machine(Path root) {
    this(root, config -> config);
  }

  Machine(Path root, UnaryOperator<NodeConfig> configuration) {
    this(root, configuration, new ProcessSandbox());
  }

  Machine(Path root, UnaryOperator<NodeConfig> configuration, Sandbox sandbox) {
    this.root = root;
    this.sandbox = sandbox;
    this.configuration = configuration;
    try {
      // A unix socket's path is short, and a test's directory may not be.
      run = Files.createTempDirectory(Path.of("/tmp"), "ebb-run");
      makeRuntime(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    packages = new FunctionPackages(root.resolve("images"));
    node = start();
  }

  static void makeRuntime(Path root) throws IOException {
    var runtime = Files.createDirectories(root.resolve("home/runtimes/script"));
    Files.writeString(runtime.resolve("main.py"), RUNTIME);
    Files.writeString(
        runtime.resolve("runtime.json"),
        """
        {"name":"script","command":["python3","-S","main.py"],"interpreters":["python3"],
         "probe":["-S","-E","-c","import sys;print(sys.executable);print('%d.%d'%sys.version_info[:2])"],
         "defaultEntrypoint":"main.py","minimumVersion":"3.7"}
        """);
  }

  private NodeInstances start() {
    var config =
        NodeConfig.defaults(root.resolve("home"), root, run)
            .with(
                new NodeConfig.Timeouts(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1)));
    var started =
        new NodeInstances(
            configuration.apply(config), packages, this, this, sandbox, java.util.Optional.empty());
    started.subscribe(events::add);
    return started;
  }

  /// As if the server had been killed and started again.
  void restart() {
    node.abandon();
    events.clear();
    node = start();
  }

  void holdDrains() {
    holdDrains = true;
  }

  void finishDrains() {
    holdDrains = false;
    drains.values().forEach(drain -> drain.complete(null));
  }

  String image(String script) {
    return image(packages, script);
  }

  static String image(FunctionPackages packages, String script) {
    var digest =
        packages.store(
            new FunctionPackageConfig("script", "", "main.py"),
            Map.of("main.py", script.getBytes(UTF_8)));
    return new FunctionImage("default", "hello", digest).toString();
  }

  Workload workload(String script) {
    return workload(HELLO, image(script), List.of(), OptionalLong.empty());
  }

  static Workload workload(
      RevisionId revision,
      String image,
      List<EnvironmentVariable> environment,
      OptionalLong memory) {
    var container =
        Container.of("user", image)
            .edit()
            .environment(environment)
            .resources(
                new Container.ResourceLimits(
                    memory, OptionalInt.empty(), OptionalLong.empty(), OptionalInt.empty()))
            .build();
    return new Workload(
        revision,
        "hello",
        "hello",
        PodSpec.of(container),
        0,
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofSeconds(2));
  }

  static Workload withTimeouts(Workload workload, Duration start, Duration grace) {
    return new Workload(
        workload.revision(),
        workload.service(),
        workload.configuration(),
        workload.pod(),
        workload.containerConcurrency(),
        workload.requestTimeout(),
        start,
        grace);
  }

  /// Registers and scales to a count, and waits until so many are ready.
  List<Instance> run(Workload workload, int count) {
    node.register(workload);
    node.scale(workload.revision(), count);
    return awaitReady(workload.revision(), count);
  }

  List<Instance> awaitReady(RevisionId revision, int count) {
    List<Instance> ready = new CopyOnWriteArrayList<>();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          ready.clear();
          node.list().stream().filter(one -> one.revision().equals(revision)).forEach(ready::add);
          assertThat(ready).hasSize(count).allMatch(one -> one.phase() == Phase.READY);
        });
    return ready;
  }

  Instance awaitExit(int number) {
    await().atMost(PATIENCE).until(() -> exited().size() >= number);
    return exited().get(number - 1);
  }

  ExitStatus awaitExitStatus() {
    return awaitExit(1).exit().orElseThrow();
  }

  InstanceEvent.StartRefused awaitRefused() {
    await().atMost(PATIENCE).until(() -> !refused().isEmpty());
    return refused().getFirst();
  }

  void awaitNothingLeft() {
    await().atMost(PATIENCE).untilAsserted(this::assertNothingLeft);
  }

  List<Instance> exited() {
    return changes().stream().filter(one -> one.phase() == Phase.EXITED).toList();
  }

  List<InstanceEvent.StartRefused> refused() {
    return events.stream()
        .filter(InstanceEvent.StartRefused.class::isInstance)
        .map(InstanceEvent.StartRefused.class::cast)
        .toList();
  }

  List<Instance> changes() {
    return events.stream()
        .filter(InstanceEvent.PhaseChanged.class::isInstance)
        .map(event -> ((InstanceEvent.PhaseChanged) event).instance())
        .toList();
  }

  String log() {
    return log(
        new LogQuery(List.of(HELLO), Optional.empty(), -1, false, Optional.empty(), false, false));
  }

  String log(LogQuery query) {
    try (InputStream in = node.logs(query)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Processes that were started for instances of this machine, or come from one.
  List<Long> processes() {
    return processes(run);
  }

  static List<Long> processes(Path run) {
    return ProcessStat.all().stream()
        .filter(stat -> stat.state() != 'Z')
        .map(ProcessStat::pid)
        .filter(pid -> isOf(run, pid))
        .toList();
  }

  private static boolean isOf(Path run, long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), ISO_8859_1)
          .contains("EBB_SOCKET=" + run);
    } catch (IOException ended) {
      return false;
    }
  }

  private void assertNothingLeft() {
    assertThat(processes()).isEmpty();
    assertThat(run.resolve("i")).isEmptyDirectory();
    assertThat(root.resolve("work")).isEmptyDirectory();
    assertThat(root.resolve("instances")).isEmptyDirectory();
  }

  @Override
  public void close() {
    finishDrains();
    node.close();
    awaitNothingLeft();
    try {
      NodeFiles.delete(run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int inFlight(InstanceId instance) {
    return inFlight.getOrDefault(instance, 0);
  }

  @Override
  public CompletionStage<Void> drain(InstanceId instance) {
    var drain = drains.computeIfAbsent(instance, id -> new CompletableFuture<>());
    if (!holdDrains) {
      drain.complete(null);
    }
    return drain;
  }

  @Override
  public CompletionStage<Void> quiet(InstanceId instance) {
    return quiet;
  }

  @Override
  public Optional<Map<String, byte[]>> secret(String namespace, String name) {
    return configMap(namespace, name)
        .map(data -> {
          var bytes = new HashMap<String, byte[]>();
          data.forEach((key, value) -> bytes.put(key, value.getBytes(UTF_8)));
          return bytes;
        });
  }

  @Override
  public Optional<Map<String, String>> configMap(String namespace, String name) {
    return Optional.ofNullable(references.get(name));
  }
}

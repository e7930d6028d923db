package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.HELLO;
import static dev.ebb.node.ContainerMachine.container;
import static dev.ebb.node.ContainerMachine.revision;
import static dev.ebb.node.ContainerMachine.user;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.Probes;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.PodSecurity;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Probe;
import dev.ebb.dataplane.Volume;
import dev.ebb.dataplane.Workload;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Functions from source are containers as all others: the runtime contract holds for them, too.
class ContainerFunctionsTest {
  private static final InstanceId ID = new InstanceId("8a6b2f4e-0000-4000-8000-00000000000b");

  @TempDir Path directory;
  private ContainerMachine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new ContainerMachine(directory);
  }

  @AfterEach
  void nothingIsLeft() {
    machine.node.stop(ID);
    machine.close();
  }

  private Container function(String script) {
    return machine.function("user-container", script);
  }

  private static Workload service(PodSpec pod) {
    return ContainerMachine.workload(HELLO, "hello", pod);
  }

  @Test
  void servesThroughItsSocketAndSeesNothingElse() throws IOException {
    var instance =
        machine.serve(
            revision(
                function(
                    """
                    print(os.getuid(), os.getpid(), os.listdir(os.path.dirname(place)))
                    print(os.getcwd(), os.environ['HOME'], os.environ['K_SERVICE'])
                    open(os.path.join(os.environ['TMPDIR'], 'own'), 'w').close()
                    open('/tmp/own', 'w').close()
                    for path in ('/etc/shadow', '/root/x', os.environ['EBB_FUNCTION_DIR'] + '/x'):
                        try:
                            open(path, 'a')
                            print('written', path)
                        except OSError as e:
                            print('refused')
                    sys.stdout.flush()
                    listen()
                    """)));
    var address = (UnixDomainSocketAddress) instance.address().orElseThrow();
    SocketChannel.open(address).close();
    assertThat(instance.ip()).isNotEmpty();
    assertThat(instance.startup().orElseThrow().boot()).isPositive();
    String log = machine.log("user-container");
    assertThat(log.lines().findFirst().orElse("")).matches("65532 1 \\['[0-9a-f]+\\.sock\\.boot']");
    assertThat(log.lines().skip(1))
        .containsExactly("/home/nonroot /home/nonroot hello", "refused", "refused", "refused");
  }

  @Test
  void aLinkInPlaceOfTheSocketLeadsNowhere() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "ebb-other");
    Path other = folder.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(other));
      var script = "os.symlink('%s', place); time.sleep(60)".formatted(other);
      machine.node.register(
          Machine.withTimeouts(
              revision(function(script)), Duration.ofMillis(500), Duration.ofMillis(100)));
      machine.node.scale(HELLO, 1);
      assertThat(machine.awaitExit().exit().orElseThrow().reason()).isEqualTo("StartTimeout");
    } finally {
      NodeFiles.delete(folder);
    }
  }

  @Test
  void whatTheKernelEndsForItsMemoryIsStartedAgainInItsPlace() {
    var limits =
        new Container.ResourceLimits(
            OptionalLong.of(64 << 20),
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalInt.empty());
    // The second run finds what is in the volume, and nothing of the first one's socket.
    var script =
        """
        import threading
        def grow():
            if not os.path.exists('/v/grown'):
                open('/v/grown', 'w').close()
                bytearray(1 << 27)
        threading.Timer(0.3, grow).start()
        listen()
        """;
    machine.serve(
        service(
            PodSpec.of(
                    function(script)
                        .edit()
                        .resources(limits)
                        .volumeMounts(List.of(new Container.VolumeMount("v", "/v", "", false)))
                        .build())
                .edit()
                .volumes(List.of(new Volume("v", new Volume.EmptyDir(false, OptionalLong.empty()))))
                .build()));
    var again = machine.awaitState(state -> state.ready() && state.restarts() == 1);
    assertThat(again.containers().getFirst().lastExit().orElseThrow().reason())
        .isEqualTo("OOMKilled");
    assertThat(again.address()).isPresent();
  }

  /// What a compiler reads somebody sent, so it has no more rights than the function.
  @Test
  void whatGoesWithItsPackageIsMadeOnceItRestsAndWhereNothingElseIs() throws IOException {
    Path runtime = directory.resolve("home/runtimes/script");
    Files.writeString(
        runtime.resolve("prepare.py"),
        """
        import os, socket, sys
        package, made = sys.argv[1:]
        with open(made + '/seen', 'w') as seen:
            print(os.getuid(), os.listdir(package), socket.if_nameindex(), file=seen)
            for path in (package + '/x', '/etc/x'):
                try:
                    open(path, 'w')
                    print('written', path, file=seen)
                except OSError:
                    pass
        os.symlink('/etc/shadow', made + '/link')
        """);
    Path descriptor = runtime.resolve("runtime.json");
    Files.writeString(
        descriptor,
        Files.readString(descriptor)
            .replace("\"probe\"", "\"preparePackage\": [\"-S\", \"prepare.py\"], \"probe\""));
    Files.setLastModifiedTime(descriptor, FileTime.from(Instant.EPOCH));
    var workload = revision(function("listen()"));
    machine.serve(workload);
    Path unpacked = machine.unpacked();
    assertThat(unpacked.resolve("seen")).doesNotExist();

    machine.node.scale(HELLO, 0);

    await().atMost(ContainerMachine.PATIENCE).until(() -> Files.exists(unpacked.resolve("seen")));
    assertThat(unpacked.resolve("seen")).hasContent("65532 ['main.py'] [(1, 'lo')]");
    assertThat(unpacked.resolve("link")).doesNotExist();
  }

  @Test
  void goesOnUnderALaterServer() throws IOException {
    var workload = revision(function("print('once', flush=True); listen()"));
    var before = machine.serve(workload);
    machine.restart();
    machine.node.register(workload);
    var after = machine.awaitReady();
    assertThat(after.pid()).isEqualTo(before.pid());
    assertThat(after.address()).isEqualTo(before.address());
    SocketChannel.open(after.address().orElseThrow()).close();
    assertThat(machine.log("user-container")).isEqualTo("once\n");
  }

  @Test
  void commandsRunInside() throws Exception {
    var instance = machine.serve(revision(function("listen()")));
    try (var command =
        machine.node.run(
            instance.id(),
            "user-container",
            List.of("sh", "-c", "id -u; cat /proc/1/comm"),
            false)) {
      assertThat(new String(command.output().readAllBytes(), UTF_8)).startsWith("65532\npython3");
      assertThat(command.await()).isZero();
    }
  }

  @Test
  void hasVolumesAUserAndNeighbours() {
    machine.references.put("settings", Map.of("color", "blue"));
    var settings =
        new Volume.Projected(List.of(new Volume.ConfigMap("settings", List.of(), false)), 0644);
    List<Container.VolumeMount> mounts =
        List.of(
            new Container.VolumeMount("work", "/work", "", false),
            new Container.VolumeMount("settings", "/etc/settings", "", true));
    var script =
        """
        print(os.getuid(), os.getgid(), 3000 in os.getgroups(), open('/work/first').read().strip())
        print(sorted(os.environ).count('EBB_SOCKET'), os.stat(os.environ['HOME']).st_uid)
        open(os.path.join(os.environ['HOME'], 'x'), 'w').close()
        open('/work/second', 'w').write('from the function')
        print(open('/etc/settings/color').read(), flush=True)
        while open('/etc/settings/color').read() != 'red':
            time.sleep(0.05)
        print('red now', flush=True)
        listen()
        """;
    // The file is there, and empty, a moment before its words.
    machine.node.register(
        service(
            PodSpec.of(
                    function(script).edit().volumeMounts(mounts).security(user(1000, 2000)).build(),
                    container(
                            "beside",
                            "until [ -s /work/second ]; do sleep 0.05; done; cat /work/second;"
                                + " exec sleep 1000")
                        .edit()
                        .volumeMounts(mounts)
                        .build())
                .edit()
                .initContainers(
                    List.of(
                        container("first", "echo from the first > /work/first")
                            .edit()
                            .volumeMounts(mounts)
                            .build()))
                .volumes(
                    List.of(
                        new Volume("work", new Volume.EmptyDir(false, OptionalLong.empty())),
                        new Volume("settings", settings)))
                .security(
                    new PodSecurity(
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        false,
                        OptionalLong.of(3000),
                        List.of(),
                        Map.of()))
                .build()));
    machine.node.scale(HELLO, 1);
    machine.awaitLog("user-container", "blue");
    machine.references.put("settings", Map.of("color", "red"));
    var instance = machine.awaitReady();
    assertThat(instance.containers())
        .extracting(ContainerState::name)
        .containsExactly("first", "user-container", "beside");
    machine.awaitLog("user-container", "1000 2000 True from the first\n1 1000\nblue\nred now\n");
    machine.awaitLog("beside", "from the function");
  }

  @Test
  void besideAnImageThatTakesTheRequestsItListensAtItsPort() throws IOException {
    var instance =
        machine.serve(
            service(
                PodSpec.of(
                    container(
                        "front",
                        "until nc 127.0.0.1 9090 < /dev/null; do sleep 0.05; done;"
                            + " exec httpd -f -p $PORT -h /www"),
                    Container.of("back", function("listen(b'200 OK')").image())
                        .edit()
                        .environment(List.of(new EnvironmentVariable.Value("PORT", "9090")))
                        .build())));
    assertThat(machine.get(instance)).contains("hello from busybox");
  }

  @Test
  void aPodOfItsOwnRunsAFunctionAtItsPort() throws IOException {
    var alone = PodSpec.of(function("listen(b'200 OK')"));
    machine.node.run(ID, ContainerMachine.workload(HELLO, "", alone));
    var instance = machine.awaitReady();
    await()
        .atMost(ContainerMachine.PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          try (var socket = new java.net.Socket(instance.ip(), 8080)) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8).contains("200 OK");
          }
        });
  }

  @Test
  void probesOfItsPortAskItsSocket() {
    var action = new Probe.HttpGet("HTTP", "", 0, "/health", List.of());
    var probe =
        new Probe(action, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 3);
    machine.node.register(
        revision(
            function("listen(b'503 Service Unavailable')")
                .edit()
                .probes(new Probes(Optional.empty(), Optional.of(probe), Optional.empty()))
                .build()));
    machine.node.scale(HELLO, 1);
    machine.awaitState(state ->
        state.message().equals("Readiness probe failed: HTTP probe failed with statuscode: 503"));
  }

  private double standbys() {
    return machine.node.metrics().stream()
        .filter(family -> family.name().equals("ebb_node_standbys"))
        .flatMap(family -> family.samples().stream())
        .mapToDouble(sample -> ((MetricFamily.Value.Scalar) sample.value()).value())
        .sum();
  }

  @Test
  void theNextInstanceIsTheOneMadeAhead() throws IOException {
    machine.serve(revision(function("import socket as s; print(s.gethostname()); listen()")));
    machine.node.scale(HELLO, 0);
    await().atMost(ContainerMachine.PATIENCE).until(() -> machine.node.list().isEmpty());
    await().atMost(ContainerMachine.PATIENCE).until(() -> standbys() == 1);
    String ahead;
    try (var work = Files.list(directory.resolve("work"))) {
      ahead = work.findFirst().orElseThrow().getFileName().toString();
    }
    machine.node.scale(HELLO, 1);
    Instance instance = machine.awaitReady();
    assertThat(instance.id().value()).isEqualTo(ahead);
    assertThat(standbys()).isZero();
    SocketChannel.open(instance.address().orElseThrow()).close();
  }
}

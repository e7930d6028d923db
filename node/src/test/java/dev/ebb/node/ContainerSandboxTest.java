package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.dataplane.Workload;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Functions from source in containers: the same node, the same functions, with walls.
class ContainerSandboxTest {
  @TempDir Path directory;
  private CrunRuntime runtime;
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    runtime =
        CrunRuntime.open(
            new SandboxConfig(
                OciRuntime.crun(Path.of("/usr/bin/crun")),
                "ebb-test-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36),
                directory.resolve("containers/state"),
                directory.resolve("containers/crun"),
                1));
    machine =
        new Machine(
            directory.resolve("machine"),
            config -> config.withStandbys(0),
            new ContainerSandbox(runtime, Optional.empty(), directory.resolve("containers")));
  }

  @AfterEach
  void stop() {
    machine.close();
    assertThat(runtime.left()).isEmpty();
    runtime.close();
  }

  @Test
  void servesThroughItsSocketAndSeesNothingElse() {
    machine.run(
        machine.workload(
            """
            print(os.getuid(), os.getpid(), os.listdir(os.path.dirname(os.environ['EBB_SOCKET'])))
            open(os.path.join(os.environ['HOME'], 'own'), 'w').close()
            for path in ('/etc/shadow', '/root/x', os.environ['EBB_FUNCTION_DIR'] + '/x'):
                try:
                    open(path, 'a')
                    print('written', path)
                except OSError as e:
                    print('refused')
            sys.stdout.flush()
            listen()
            """),
        1);
    assertThat(machine.log().lines().findFirst().orElse(""))
        .matches("65532 1 \\['[0-9a-f]+\\.sock\\.boot']");
    assertThat(machine.log().lines().skip(1)).containsExactly("refused", "refused", "refused");
    machine.node.scale(HELLO, 0);
    machine.awaitNothingLeft();
  }

  @Test
  void aLinkInPlaceOfTheSocketLeadsNowhere() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "ebb-other");
    Path other = folder.resolve("s");
    try (var server =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      server.bind(java.net.UnixDomainSocketAddress.of(other));
      Workload workload =
          machine.workload(
              "os.symlink('%s', os.environ['EBB_SOCKET']); time.sleep(60)".formatted(other));
      machine.node.register(
          Machine.withTimeouts(
              workload, java.time.Duration.ofMillis(500), java.time.Duration.ofMillis(100)));
      machine.node.scale(HELLO, 1);
      assertThat(machine.awaitExitStatus().reason()).isEqualTo("StartTimeout");
      machine.node.scale(HELLO, 0);
    } finally {
      NodeFiles.delete(folder);
    }
  }

  @Test
  void isEndedByTheKernelAboveItsMemory() {
    machine.run(
        Machine.workload(
            HELLO,
            machine.image(
                "import threading\nthreading.Timer(0.1, lambda: bytearray(1 << 27)).start(); listen()"),
            List.of(),
            OptionalLong.of(64 << 20)),
        1);
    assertThat(machine.awaitExitStatus().reason()).isEqualTo("OOMKilled");
    machine.node.scale(HELLO, 0);
  }

  @Test
  void goesOnUnderALaterServer() {
    var workload = machine.workload("print('once', flush=True); listen()");
    var before = machine.run(workload, 1).getFirst();
    machine.restart();
    machine.node.register(workload);
    var after = machine.awaitReady(HELLO, 1).getFirst();
    assertThat(after.pid()).isEqualTo(before.pid());
    machine.node.scale(HELLO, 0);
    machine.awaitNothingLeft();
    assertThat(machine.log()).isEqualTo("once\n");
  }

  @Test
  void commandsRunInside() throws Exception {
    var instance = machine.run(machine.workload("listen()"), 1).getFirst();
    try (var command =
        machine.node.run(
            instance.id(), "", List.of("sh", "-c", "id -u; cat /proc/1/comm"), false)) {
      assertThat(new String(command.output().readAllBytes(), UTF_8)).startsWith("65532\npython3");
      assertThat(command.await()).isZero();
    }
    await().until(() -> machine.exited().isEmpty());
  }
}

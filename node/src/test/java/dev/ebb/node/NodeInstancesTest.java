package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static dev.ebb.node.Machine.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeInstancesTest {
  @TempDir Path directory;
  private Machine machine;

  @BeforeEach
  void start() {
    machine = new Machine(directory);
  }

  @AfterEach
  void nothingIsLeft() {
    machine.close();
  }

  @Test
  void anInstanceIsReadyWhenItListensAndGoesWhenItIsNotWanted() {
    var instance = machine.run(machine.workload("listen()"), 1).getFirst();
    assertThat(instance.id().value()).matches("hello-00001-deployment-[0-9a-f]{10}-[a-z0-9]{5}");
    assertThat(instance.startup())
        .hasValueSatisfying(phases -> assertThat(phases.boot()).isPositive());
    var stat = ProcessStat.read(instance.pid()).orElseThrow();
    assertThat(stat.session()).isEqualTo(instance.pid()).isEqualTo(stat.group());

    machine.node.scale(HELLO, 0);
    var exit = machine.awaitExit(1);

    assertThat(exit.wanted()).isFalse();
    assertThat(exit.exit().orElseThrow().reason()).isEqualTo("Stopped");
    assertThat(machine.changes())
        .extracting(Instance::phase)
        .containsExactly(Phase.STARTING, Phase.READY, Phase.DRAINING, Phase.EXITED);
    machine.awaitNothingLeft();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "print('boom'); sys.exit(78)             | 78  | 0  | Error",
        "print('boom'); sys.exit(0)              | 0   | 0  | Completed",
        "print('boom', flush=True); os.abort()   | 134 | 6  | Error",
        "print('boom', flush=True); os.kill(os.getpid(), 9) | 137 | 9 | Error",
        "print('boom', flush=True); os.kill(os.getpid(), 15) | 143 | 15 | Error",
      })
  void aFailureAtStartIsToldWithCodeAndLastLines(
      String script, int code, int signal, String reason) {
    machine.node.register(machine.workload(script));
    machine.node.scale(HELLO, 1);
    var exit = machine.awaitExit(1);

    assertThat(exit.wanted()).isTrue();
    var status = exit.exit().orElseThrow();
    assertThat(status.code()).isEqualTo(code);
    assertThat(status.signal()).isEqualTo(signal);
    assertThat(status.reason()).isEqualTo(reason);
    assertThat(status.lastLogLines()).isEqualTo("boom");
  }

  @Test
  void anInstanceThatNeverListensIsKilled() {
    machine.node.register(neverListening(Duration.ofMillis(700)));
    machine.node.scale(HELLO, 1);
    assertThat(machine.awaitExitStatus().reason()).isEqualTo("StartTimeout");
    if (machine.awaitExitStatus().lastLogLines().isEmpty()) {
      // Python had not begun by then: this machine has other work.
      machine.node.register(neverListening(Duration.ofSeconds(20)));
      await()
          .atMost(PATIENCE)
          .until(() ->
              machine.exited().stream()
                  .anyMatch(one -> one.exit().orElseThrow().lastLogLines().equals("waiting")));
    } else {
      assertThat(machine.awaitExitStatus().lastLogLines()).isEqualTo("waiting");
    }
  }

  private Workload neverListening(Duration start) {
    return Machine.withTimeouts(
        machine.workload("print('waiting', flush=True); time.sleep(600)"),
        start,
        Duration.ofSeconds(2));
  }

  @Test
  void anInstanceThatIgnoresSigtermIsKilledAfterItsGrace() {
    machine.run(
        Machine.withTimeouts(
            machine.workload("signal.signal(signal.SIGTERM, signal.SIG_IGN); listen()"),
            Duration.ofMinutes(1),
            Duration.ofMillis(200)),
        1);
    machine.node.scale(HELLO, 0);

    var status = machine.awaitExitStatus();
    assertThat(status.signal()).isEqualTo(9);
    assertThat(status.reason()).isEqualTo("Stopped");
  }

  /// A program may close WebSockets in order when it is told to end; nobody else can.
  @Test
  void onlyUpgradedConnectionsAreLeftSoTheProgramIsToldToEndWhileTheyGoOn() {
    try (var patient =
        new Machine(
            directory.resolve("patient"),
            config ->
                config.with(
                    new NodeConfig.Timeouts(
                        Duration.ofMinutes(1),
                        Duration.ofMillis(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20))))) {
      patient.run(
          Machine.withTimeouts(
              patient.workload(
                  "signal.signal(signal.SIGTERM, lambda *_: print('bye', flush=True)); listen()"),
              Duration.ofMinutes(1),
              Duration.ofMillis(200)),
          1);
      patient.holdDrains();
      patient.node.scale(HELLO, 0);
      await().atMost(PATIENCE).until(() -> !patient.drains.isEmpty());
      assertThat(patient.log()).as("requests go on").doesNotContain("bye");
      patient.quiet.complete(null);
      await().atMost(PATIENCE).until(() -> patient.log().contains("bye"));
      assertThat(patient.processes()).as("so do connections").isNotEmpty();

      patient.finishDrains();
      assertThat(patient.awaitExitStatus())
          .satisfies(status -> assertThat(status.reason()).isEqualTo("Stopped"))
          .satisfies(status -> assertThat(status.signal()).as("its own grace is over").isEqualTo(9))
          .satisfies(status -> assertThat(status.lastLogLines()).isEqualTo("bye"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "same group    | pass",
        "another group | os.setpgid(0, 0)",
        "another session | os.setsid()",
      })
  void childrenEndWithTheirInstance(String where, String inChild) {
    var script =
        """
        for _ in range(5):
            if os.fork() == 0:
                CHILD
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
        listen()
        """;
    var workload = machine.workload(script.replace("CHILD", inChild));
    machine.run(Machine.withTimeouts(workload, workload.startTimeout(), Duration.ofMillis(200)), 1);
    await().atMost(PATIENCE).until(() -> machine.processes().size() == 6);

    machine.node.scale(HELLO, 0);
    machine.awaitNothingLeft();
  }

  @Test
  void aFunctionThatCannotBeLoadedRestsUntilItIsAnotherOne() {
    machine.node.register(machine.workload("print('SyntaxError'); sys.exit(78)"));
    machine.node.scale(HELLO, 1);
    machine.awaitExit(1);

    machine.node.scale(HELLO, 1);
    var refused = machine.awaitRefused();
    assertThat(refused.reason()).isEqualTo("ExitCode78");
    assertThat(refused.message()).contains("SyntaxError", "exit code 78");
    assertThat(refused.permanent()).isTrue();
    assertThat(machine.exited()).hasSize(1);
    assertThat(machine.node.list()).isEmpty();

    machine.run(machine.workload("listen()"), 1);
  }

  @Test
  void aCrashedInstanceIsReplacedAtOnceAndThenLater() {
    var first = machine.run(machine.workload("listen()"), 1).getFirst();
    Linux.kill(first.pid(), Linux.SIGKILL);
    assertThat(machine.awaitExit(1).wanted()).isTrue();
    var second = machine.awaitReady(HELLO, 1).getFirst();

    assertThat(second.id()).isNotEqualTo(first.id());
  }

  @Test
  void stopEndsOneAndAnotherComes() {
    var before = machine.run(machine.workload("listen()"), 2);
    machine.node.stop(before.getFirst().id());
    assertThat(machine.awaitExit(1).id()).isEqualTo(before.getFirst().id());

    assertThat(machine.awaitReady(HELLO, 2)).doesNotContain(before.getFirst());
  }

  @Test
  void theLeastBusyGoesFirstAndFinishesItsRequests() {
    var both = machine.run(machine.workload("listen()"), 2);
    machine.inFlight.put(both.getFirst().id(), 3);
    machine.inFlight.put(both.getLast().id(), 1);
    machine.holdDrains();
    machine.node.scale(HELLO, 1);
    await().atMost(PATIENCE).until(() -> machine.drains.containsKey(both.getLast().id()));

    assertThat(machine.drains).doesNotContainKey(both.getFirst().id());
    assertThat(ProcessStat.read(both.getLast().pid())).isPresent();
    machine.finishDrains();

    assertThat(machine.awaitExit(1).id()).isEqualTo(both.getLast().id());
  }

  @Test
  void theEnvironmentHoldsTheContractAndResolvedReferences() {
    machine.references.put("keys", Map.of("token", "s3cret"));
    machine.references.put("settings", Map.of("MODE", "fast"));
    var variables =
        List.<EnvironmentVariable>of(
            new EnvironmentVariable.Value("A", "1"),
            new EnvironmentVariable.Value("B", "$(A)-$(NONE)-$$(A)"),
            new EnvironmentVariable.Value("PORT", "99"),
            new EnvironmentVariable.SecretKey("TOKEN", "keys", "token", false),
            new EnvironmentVariable.SecretKey("ABSENT", "nothing", "token", true),
            new EnvironmentVariable.AllOfConfigMap("C_", "settings", false),
            new EnvironmentVariable.PodField("POD", "metadata.name"));
    var script =
        "for k in sorted(os.environ): print(k + '=' + os.environ[k], flush=True)\n"
            + "print(os.getcwd(), sorted(os.listdir('/proc/self/fd')), flush=True)\nlisten()";
    var instance =
        machine
            .run(Machine.workload(HELLO, machine.image(script), variables, OptionalLong.empty()), 1)
            .getFirst();

    assertThat(machine.log().lines())
        .contains(
            "A=1",
            "B=1-$(NONE)-$(A)",
            "C_MODE=fast",
            "TOKEN=s3cret",
            "POD=" + instance.id(),
            "PORT=8080",
            "K_SERVICE=hello",
            "K_REVISION=hello-00001",
            "K_CONFIGURATION=hello",
            "EBB_CONCURRENCY=0",
            "EBB_REQUEST_TIMEOUT_MILLIS=300000",
            "EBB_ENTRYPOINT=main.py",
            "EBB_HANDLER=")
        .noneMatch(line -> line.startsWith("ABSENT=") || line.startsWith("JAVA_HOME="))
        // The fourth is the one that listdir itself has open.
        .contains(
            directory.resolve("work").resolve(instance.id().value()) + " ['0', '1', '2', '3']");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docker.io/library/nginx:latest | ImageNotSupported | true | containers",
        "function.ebb.dev/default/x@sha256:0000000000000000000000000000000000000000000000000000000000000000 | PackageMissing | true | package sha256:000",
      })
  void whatCannotRunIsRefused(String image, String reason, boolean permanent, String ignored) {
    machine.node.register(Machine.workload(HELLO, image, List.of(), OptionalLong.empty()));
    machine.node.scale(HELLO, 1);

    var refused = machine.awaitRefused();
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.permanent()).isEqualTo(permanent);
    assertThat(machine.changes()).isEmpty();
  }

  @Test
  void aMissingSecretIsRefusedUntilItIsThere() {
    var secret =
        List.<EnvironmentVariable>of(new EnvironmentVariable.SecretKey("T", "keys", "t", false));
    machine.node.register(
        Machine.workload(HELLO, machine.image("listen()"), secret, OptionalLong.empty()));
    machine.node.scale(HELLO, 1);
    var refused = machine.awaitRefused();
    assertThat(refused.reason()).isEqualTo("CreateContainerConfigError");
    assertThat(refused.message()).isEqualTo("secret \"keys\" not found");

    machine.references.put("keys", Map.of("t", "x"));
    machine.awaitReady(HELLO, 1);
  }

  @Test
  void aMissingInterpreterIsNamedWithWhatToDo() throws IOException {
    Files.writeString(
        directory.resolve("home/runtimes/script/runtime.json"),
        """
        {"name":"script","command":["pythonx","main.py"],"interpreters":["pythonx"],
         "minimumVersion":"3.9","install":"apt install pythonx"}
        """);
    machine.node.register(machine.workload("listen()"));
    machine.node.scale(HELLO, 1);

    assertThat(machine.awaitRefused().reason()).isEqualTo("RuntimeMissing");
    assertThat(machine.awaitRefused().message())
        .contains("pythonx 3.9 or newer")
        .contains("apt install pythonx");
  }

  @Test
  void anInstanceAboveItsMemoryLimitIsKilled() {
    var script =
        "hog = bytearray(64 << 20)\nfor i in range(0, len(hog), 4096): hog[i] = 1\nlisten()";
    machine.node.register(
        Machine.workload(HELLO, machine.image(script), List.of(), OptionalLong.of(32 << 20)));
    machine.node.scale(HELLO, 1);

    assertThat(machine.awaitExitStatus().reason()).isEqualTo("OOMKilled");
  }

  @Test
  void unregisteringStopsAndForgets() {
    machine.run(machine.workload("listen()"), 2);
    machine.node.unregister(HELLO);
    machine.awaitExit(2);
    machine.awaitNothingLeft();
    assertThat(machine.node.list()).isEmpty();
  }

  @Test
  void scalingBeforeRegisteringStartsWhenTheWorkloadIsKnown() {
    machine.node.scale(HELLO, 1);
    machine.node.register(machine.workload("listen()"));
    machine.awaitReady(HELLO, 1);
  }

  @Test
  void metricsCountWhatHappened() {
    machine.run(machine.workload("listen()"), 1);
    assertThat(machine.node.metrics())
        .extracting(family -> family.name())
        .contains("ebb_node_instances", "ebb_node_starts", "ebb_node_start_seconds");
  }
}

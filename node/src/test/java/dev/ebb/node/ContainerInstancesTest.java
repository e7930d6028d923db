package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.HELLO;
import static dev.ebb.node.ContainerMachine.container;
import static dev.ebb.node.ContainerMachine.revision;
import static dev.ebb.node.ContainerMachine.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.images.distribution.ImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Knative's runtime contract, and what is told when a program does not keep it, with real
/// containers.
class ContainerInstancesTest {
  private static final String SERVE = "exec httpd -f -p $PORT -h /www";

  @TempDir Path directory;
  private ContainerMachine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new ContainerMachine(directory);
  }

  @AfterEach
  void nothingIsLeft() {
    machine.close();
  }

  @Test
  void aProgramThatListensOnItsPortTakesRequests() throws IOException {
    var instance = machine.serve(revision(container("user-container", SERVE)));
    assertThat(machine.get(instance)).startsWith("HTTP/1.").contains("hello from busybox");
    assertThat(instance.ip()).isNotEmpty();
    assertThat(instance.containers().getFirst())
        .satisfies(state -> assertThat(state.phase()).isEqualTo(ContainerState.Phase.RUNNING))
        .satisfies(state -> assertThat(state.ready()).isTrue())
        .satisfies(state -> assertThat(state.imageDigest()).isEqualTo(ContainerMachine.IMAGE));
    machine.node.scale(HELLO, 0);
    assertThat(machine.awaitExit().exit().orElseThrow().reason()).isEqualTo("Stopped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/termination-log", "/tmp/deep/words"})
  void itsLastWordsAreThoseOfItsFileWhoeverWritesThem(String path) {
    var other = new Container.TerminationMessage("/tmp/deep/words", Optional.of(false));
    var one =
        container("user-container", "echo log; id -u > " + path + "; exit 7")
            .edit()
            .security(user(1000, 1000));
    machine.node.register(
        revision(path.equals(other.path()) ? one.terminationMessage(other).build() : one.build()));
    machine.node.scale(HELLO, 1);
    var exit = machine.awaitExit().exit().orElseThrow();
    assertThat(exit.message()).isEqualTo("1000\n");
    assertThat(exit.lastLogLines()).isEqualTo("log");
  }

  @Test
  void itsEnvironmentIsThatOfTheContractTheWorkloadAndTheImage() throws IOException {
    machine.config =
        ContainerMachine.config(List.of(), List.of(), "FROM_IMAGE=1", "OVERRIDDEN=image");
    machine.references.put("settings", Map.of("color", "blue"));
    var script = "env; hostname; cat /etc/resolv.conf; cat; " + SERVE;
    machine.serve(
        revision(
            container("user-container", script)
                .edit()
                .environment(
                    List.of(
                        new EnvironmentVariable.Value("OVERRIDDEN", "workload"),
                        new EnvironmentVariable.Value("PORT", "1"),
                        new EnvironmentVariable.Value("BOTH", "$(OVERRIDDEN)+$$(PORT)"),
                        new EnvironmentVariable.ConfigMapKey("COLOR", "settings", "color", false),
                        new EnvironmentVariable.PodField("POD_IP", "status.podIP"),
                        new EnvironmentVariable.PodField("ACCOUNT", "spec.serviceAccountName"),
                        new EnvironmentVariable.ResourceField("CPUS", "", "limits.cpu", "1m")))
                .resources(
                    new Container.ResourceLimits(
                        OptionalLong.empty(),
                        OptionalInt.of(1500),
                        OptionalLong.empty(),
                        OptionalInt.empty()))
                .build()));
    var instance = machine.node.list().getFirst();
    assertThat(machine.log("user-container").lines())
        .contains(
            "PORT=8080",
            "K_SERVICE=hello",
            "K_CONFIGURATION=hello",
            "K_REVISION=hello-00001",
            "FROM_IMAGE=1",
            "OVERRIDDEN=workload",
            "BOTH=workload+$(PORT)",
            "COLOR=blue",
            "POD_IP=" + instance.ip(),
            "ACCOUNT=default",
            "CPUS=1500",
            "HOSTNAME=" + instance.id(),
            "HOME=/root",
            instance.id().value(),
            "options ndots:5");
  }

  @Test
  void anExitAtTheStartIsToldWithCodeAndLastLines() {
    machine.node.register(revision(container("user-container", "echo boom; exit 7")));
    machine.node.scale(HELLO, 1);
    var exit = machine.awaitExit().exit().orElseThrow();
    assertThat(exit.code()).isEqualTo(7);
    assertThat(exit.reason()).isEqualTo("Error");
    assertThat(exit.lastLogLines()).isEqualTo("boom");
    machine.node.scale(HELLO, 0);
  }

  @Test
  void aProgramThatIsNotThereIsRefused() {
    machine.node.register(
        revision(
            ContainerMachine.shell(
                Container.of("user-container", ContainerMachine.IMAGE), List.of("/bin/nothing"))));
    machine.node.scale(HELLO, 1);
    var refused = machine.awaitRefused();
    assertThat(refused.reason()).isEqualTo("RunContainerError");
    assertThat(refused.message()).contains("/bin/nothing");
    assertThat(refused.permanent()).isTrue();
  }

  @Test
  void aProgramThatTakesTooMuchMemoryIsKilledAndThatIsTold() {
    machine.node.register(
        revision(
            container("user-container", "tail /dev/zero")
                .edit()
                .resources(
                    new Container.ResourceLimits(
                        OptionalLong.of(8 << 20),
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        OptionalInt.empty()))
                .build()));
    machine.node.scale(HELLO, 1);
    assertThat(machine.awaitExit().exit().orElseThrow().reason()).isEqualTo("OOMKilled");
    machine.node.scale(HELLO, 0);
  }

  @Test
  void aProgramOnTheWrongPortIsToldWhereItListens() {
    machine.node.register(revision(container("user-container", "exec httpd -f -p 9999 -h /www")));
    machine.node.scale(HELLO, 1);
    var instance = machine.awaitState(one -> one.message().contains("9999"));
    assertThat(instance.containers().getFirst().message())
        .contains("the program listens on port 9999, not on 8080");
    machine.node.scale(HELLO, 0);
  }

  @Test
  void instancesOfSeveralContainersSurviveTheServer() throws IOException {
    var workload = revision(container("user-container", "echo once; " + SERVE));
    var before = machine.serve(workload);
    machine.restart();
    machine.node.register(workload);
    var after = machine.awaitReady();
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.pid()).isEqualTo(before.pid());
    assertThat(machine.get(after)).contains("hello from busybox");
    assertThat(machine.log("user-container")).isEqualTo("once\n");
    assertThat(Optional.of(machine.changes().getLast().startup())).isPresent();
    machine.node.scale(HELLO, 0);
    machine.awaitExit();
  }

  @Test
  void aContainerThatWasReadyIsStartedAgainWithItsAddressAndAnswers() throws IOException {
    var before = machine.serve(revision(container("user-container", "echo up; " + SERVE)));
    Linux.kill(before.pid(), Linux.SIGKILL);
    var again = machine.awaitState(one -> one.restarts() == 1 && one.ready());
    assertThat(again.id()).isEqualTo(before.id());
    assertThat(again.ready()).isTrue();
    assertThat(again.address()).isEqualTo(before.address());
    assertThat(again.containers().getFirst().lastExit().orElseThrow().code()).isEqualTo(137);
    assertThat(machine.get(again)).contains("hello from busybox");
    assertThat(machine.changes())
        .as("told in between")
        .anyMatch(one -> one.phase() == Instance.Phase.READY && !one.ready());
    machine.node.scale(HELLO, 0);
    machine.awaitExit();
  }

  @Test
  void aProgramThatListensOnTheLoopbackOnlyTakesRequestsToo() throws IOException {
    var instance =
        machine.serve(
            revision(container("user-container", "exec httpd -f -p 127.0.0.1:$PORT -h /www")));
    assertThat(machine.get(instance)).contains("hello from busybox");
    machine.node.scale(HELLO, 0);
  }

  @Test
  void aPodOfAUserRunsToItsEnd() throws IOException {
    var pod =
        PodSpec.of(container("main", "echo two; exit 3"), container("other", "id"))
            .edit()
            .initContainers(List.of(container("first", "echo one > /dev/stderr")))
            .restartPolicy(PodSpec.RestartPolicy.NEVER)
            .build();
    var id = new InstanceId("8a6b2f4e-0000-4000-8000-000000000001");
    machine.node.run(id, ContainerMachine.workload(HELLO, "", pod));
    var ended = machine.awaitExit();
    assertThat(ended.id()).isEqualTo(id);
    assertThat(ended.exit().orElseThrow().code()).isEqualTo(3);
    assertThat(ended.containers())
        .extracting(one -> one.name() + " " + one.exit().orElseThrow().code())
        .containsExactly("first 0", "main 3", "other 0");
    assertThat(machine.log("main")).isEqualTo("two\n");
    assertThat(machine.log("other")).startsWith("uid=0(root)");
  }

  @Test
  void aPodOfAUserIsStartedAgainInItsPlaceAndSurvivesTheServer() throws IOException {
    var id = new InstanceId("8a6b2f4e-0000-4000-8000-000000000002");
    var workload =
        ContainerMachine.workload(
            HELLO, "", PodSpec.of(container("main", "echo up; exec sleep 600")));
    machine.node.run(id, workload);
    var before = machine.awaitReady();
    Linux.kill(before.pid(), Linux.SIGKILL);
    var again = machine.awaitState(one -> one.restarts() == 1 && one.ready());
    assertThat(again.containers().getFirst().lastExit().orElseThrow().code()).isEqualTo(137);
    assertThat(machine.log("main")).isEqualTo("up\n");

    machine.restart();
    machine.node.run(id, workload);
    var adopted = machine.awaitReady();
    assertThat(adopted.pid()).isEqualTo(again.pid());
    assertThat(adopted.containers().getFirst().restarts()).isEqualTo(1);
    machine.node.stop(id);
    machine.awaitExit();
  }

  @Test
  void anImageThatCannotBeHadIsToldAndTriedAgain() throws IOException {
    machine.failures.put(
        "example.com/busybox",
        new ImageException(ImageException.Reason.NOT_FOUND, "manifest unknown"));
    var id = new InstanceId("8a6b2f4e-0000-4000-8000-000000000003");
    machine.node.run(
        id, ContainerMachine.workload(HELLO, "", PodSpec.of(container("main", "sleep 600"))));
    var waiting = machine.awaitState(one -> one.reason().equals("ErrImagePull"));
    assertThat(waiting.containers().getFirst().message())
        .isEqualTo("Failed to pull image \"" + ContainerMachine.IMAGE + "\": manifest unknown");
    machine.node.stop(id);
    machine.awaitExit();
  }
}

package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static dev.ebb.node.Machine.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {
  @TempDir Path directory;

  @Test
  void aLaterServerGoesOnWithTheInstances() {
    try (var machine = new Machine(directory)) {
      var workload = machine.workload("print('once', flush=True); listen()");
      var before = machine.run(workload, 2);

      machine.restart();
      assertThat(machine.node.list()).as("not published before the revision is known").isEmpty();
      machine.node.register(workload);
      var after = machine.awaitReady(HELLO, 2);

      assertThat(after)
          .extracting(one -> one.id() + " " + one.pid() + " " + one.address())
          .containsExactlyInAnyOrderElementsOf(
              before.stream()
                  .map(one -> one.id() + " " + one.pid() + " " + one.address())
                  .toList());
      assertThat(machine.log()).isEqualTo("once\nonce\n");

      machine.node.scale(HELLO, 1);
      machine.awaitExit(1);
      machine.awaitReady(HELLO, 1);
    }
  }

  @Test
  void anAdoptedInstanceThatCrashesIsReplaced() {
    try (var machine = new Machine(directory)) {
      var workload = machine.workload("listen()");
      machine.run(workload, 1);
      machine.restart();
      machine.node.register(workload);
      var adopted = machine.awaitReady(HELLO, 1).getFirst();

      Linux.kill(adopted.pid(), Linux.SIGKILL);
      var exit = machine.awaitExit(1);
      assertThat(exit.wanted()).isTrue();
      assertThat(machine.awaitReady(HELLO, 1).getFirst().id()).isNotEqualTo(adopted.id());
    }
  }

  @Test
  void whatEndedMeanwhileIsCleanedUp() {
    try (var machine = new Machine(directory)) {
      var instance = machine.run(machine.workload("listen()"), 1).getFirst();
      machine.node.abandon();
      Linux.kill(instance.pid(), Linux.SIGKILL);
      await().atMost(PATIENCE).until(() -> machine.processes().isEmpty());

      machine.restart();
      machine.awaitNothingLeft();
    }
  }

  @Test
  void instancesOfARevisionThatNobodyRegistersAreStopped() {
    try (var machine =
        new Machine(
            directory,
            config ->
                config.with(
                    new NodeConfig.Timeouts(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(100))))) {
      machine.run(machine.workload("listen()"), 1);
      machine.restart();
      machine.awaitNothingLeft();
    }
  }

  @Test
  void theGuardianEndsInstancesAndTheirChildrenWhenTheServerIsGone() {
    try (var machine = new Machine(directory, config -> config.withInstancesEndWithServer(true))) {
      var script =
          """
          if os.fork() == 0:
              os.setpgid(0, 0)
              time.sleep(600)
          listen()
          """;
      machine.run(machine.workload(script), 1);
      assertThat(machine.processes()).hasSize(2);

      // Closes the pipe as the end of the process would.
      machine.node.abandon();
      await().atMost(PATIENCE).until(() -> machine.processes().isEmpty());
      machine.restart();
      machine.awaitNothingLeft();
    }
  }

  @Test
  void closingEndsEverything() {
    var machine = new Machine(directory);
    machine.run(machine.workload("listen()"), 2);
    machine.close();
    assertThat(machine.exited()).hasSize(2).allMatch(one -> one.phase() == Phase.EXITED);
  }

  @Test
  void closingNowDoesNotWaitForDrains() {
    try (var machine = new Machine(directory)) {
      machine.run(machine.workload("listen()"), 1);
      machine.holdDrains();
      machine.node.closeNow();
      machine.awaitNothingLeft();
    }
  }
}

package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static dev.ebb.node.Machine.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.RevisionId;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetTest {
  private static final RevisionId OTHER = new RevisionId("default", "other-00001");
  private static final RevisionId MANY = new RevisionId("default", "many-00001");
  private static final long MIB = 1L << 20;

  @TempDir Path directory;

  @Test
  void whatDoesNotFitWaitsAndComesWhenThereIsRoom() {
    try (var machine = new Machine(directory, config -> config.withBudget(2, 10_000 * MIB))) {
      machine.run(machine.workload("listen()"), 2);
      var other =
          Machine.workload(OTHER, machine.image("listen()"), List.of(), OptionalLong.empty());
      machine.node.register(other);
      machine.node.scale(OTHER, 1);

      var refused = machine.awaitRefused();
      assertThat(refused.revision()).isEqualTo(OTHER);
      assertThat(refused.reason()).isEqualTo("MachineBudgetExceeded");
      assertThat(refused.permanent()).isFalse();
      assertThat(machine.node.list()).as("nobody is evicted").hasSize(2);

      machine.node.scale(HELLO, 1);
      machine.awaitReady(OTHER, 1);
      assertThat(machine.refused()).hasSize(1);
    }
  }

  @Test
  void whatCanNeverFitIsToldOnceToEachWhoAsksAndKeepsNobodyWaiting() {
    try (var machine = new Machine(directory, config -> config.withBudget(5, 256 * MIB))) {
      machine.node.register(
          Machine.workload(
              OTHER, machine.image("listen()"), List.of(), OptionalLong.of(512 * MIB)));
      machine.node.scale(OTHER, 1);
      assertThat(machine.awaitRefused().permanent()).isTrue();
      assertThat(machine.awaitRefused().message())
          .contains("needs 512 MiB", "have 256 MiB", "set resources.limits.memory to 256Mi");

      machine.run(machine.workload("listen()"), 4);
      assertThat(machine.refused()).as("told once to those who asked").hasSize(1);
      machine.node.scale(OTHER, 1);
      await("told to those who ask again")
          .atMost(PATIENCE)
          .until(() -> machine.refused().size() == 2);
    }
  }

  @Test
  void roomGoesInTheOrderOfAskingOneInstanceToEach() {
    try (var machine = new Machine(directory, config -> config.withBudget(3, 10_000 * MIB))) {
      var image = machine.image("listen()");
      machine.run(machine.workload("listen()"), 3);
      machine.node.register(Machine.workload(MANY, image, List.of(), OptionalLong.empty()));
      machine.node.register(Machine.workload(OTHER, image, List.of(), OptionalLong.empty()));
      machine.node.scale(MANY, 3);
      await().atMost(PATIENCE).until(() -> machine.refused().size() == 1);
      machine.node.scale(OTHER, 1);
      await().atMost(PATIENCE).until(() -> machine.refused().size() == 2);

      machine.node.scale(HELLO, 2);
      machine.awaitReady(MANY, 1);
      machine.node.scale(HELLO, 1);
      machine.awaitReady(OTHER, 1);
      machine.node.scale(MANY, 2);
      machine.node.scale(HELLO, 0);
      machine.awaitReady(MANY, 2);
      assertThat(machine.refused()).as("told once for each wait").hasSize(2);
    }
  }

  @Test
  void waitingEndsWhenNobodyWantsIt() {
    try (var machine = new Machine(directory, config -> config.withBudget(1, 10_000 * MIB))) {
      var hello = machine.run(machine.workload("listen()"), 1).getFirst();
      machine.node.register(
          Machine.workload(OTHER, machine.image("listen()"), List.of(), OptionalLong.empty()));
      machine.node.scale(OTHER, 1);
      machine.awaitRefused();
      machine.node.scale(OTHER, 0);
      machine.node.stop(hello.id());
      machine.awaitExit(1);

      var next = machine.awaitReady(HELLO, 1).getFirst();
      assertThat(next.id()).isNotEqualTo(hello.id());
      await().atMost(PATIENCE).until(() -> machine.node.list().size() == 1);
    }
  }
}

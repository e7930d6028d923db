package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static dev.ebb.node.Machine.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
  @TempDir Path directory;

  @Test
  void aChangedWorkloadReplacesInstancesWithoutAMomentOfFewer() {
    try (var machine = new Machine(directory)) {
      var before = ids(machine.run(workload(machine, "1"), 2));
      machine.events.clear();
      machine.node.register(workload(machine, "2"));
      awaitReplaced(machine, before, 2);

      assertThat(fewestReady(machine, before)).isEqualTo(2);
      assertThat(machine.exited())
          .extracting(one -> one.exit().orElseThrow().reason())
          .containsOnly("Stopped");
      assertThat(machine.log()).contains("version 2");
    }
  }

  @Test
  void adoptedInstancesAreReplacedWhenTheRuntimeChanged() throws IOException {
    try (var machine = new Machine(directory)) {
      var workload = machine.workload("listen()");
      var before = ids(machine.run(workload, 1));
      Files.writeString(
          directory.resolve("home/runtimes/script/main.py"),
          "\n# Another version.\n",
          StandardOpenOption.APPEND);
      machine.restart();
      machine.node.register(workload);
      awaitReplaced(machine, before, 1);
      assertThat(fewestReady(machine, Set.of())).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotStartReplacesNothing() {
    try (var machine = new Machine(directory)) {
      var before = ids(machine.run(workload(machine, "1"), 1));
      machine.node.register(workload(machine, "broken"));
      machine.awaitExit(1);

      assertThat(machine.node.list())
          .filteredOn(one -> one.phase() == Phase.READY)
          .extracting(Instance::id)
          .containsExactlyElementsOf(before);
    }
  }

  @Test
  void whereTwoDoNotFitTheOldOneGoesFirst() {
    try (var machine = new Machine(directory, config -> config.withBudget(1, 1L << 40))) {
      var before = ids(machine.run(workload(machine, "1"), 1));
      machine.node.register(workload(machine, "2"));
      awaitReplaced(machine, before, 1);
      assertThat(machine.refused()).isEmpty();
    }
  }

  private static Workload workload(Machine machine, String version) {
    var script =
        """
        print('version', os.environ['VERSION'], flush=True)
        if os.environ['VERSION'] == 'broken': sys.exit(78)
        listen()
        """;
    return Machine.workload(
        HELLO,
        machine.image(script),
        List.of(new EnvironmentVariable.Value("VERSION", version)),
        OptionalLong.empty());
  }

  private static void awaitReplaced(Machine machine, Set<InstanceId> before, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(machine.node.list())
                .hasSize(count)
                .allMatch(one -> one.phase() == Phase.READY && !before.contains(one.id())));
  }

  private static Set<InstanceId> ids(List<Instance> instances) {
    var ids = new HashSet<InstanceId>();
    instances.forEach(one -> ids.add(one.id()));
    return ids;
  }

  /// After the first change, going through what was told in its order.
  private static int fewestReady(Machine machine, Set<InstanceId> before) {
    var ready = new HashSet<>(before);
    int fewest = Integer.MAX_VALUE;
    for (var change : machine.changes()) {
      if (change.phase() == Phase.READY) {
        ready.add(change.id());
      } else {
        ready.remove(change.id());
      }
      if (!ready.isEmpty() || fewest < Integer.MAX_VALUE) {
        fewest = Math.min(fewest, ready.size());
      }
    }
    return fewest;
  }
}

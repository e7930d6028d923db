package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.sandbox.CrunRuntime;
import dev.ebb.node.sandbox.OciRuntime;
import dev.ebb.node.sandbox.SandboxConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The next instance of a function from source is made ahead, too.
class FunctionStandbyTest {
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
            config -> config,
            new ContainerSandbox(runtime, Optional.empty(), directory.resolve("containers")));
  }

  @AfterEach
  void stop() {
    machine.node.unregister(HELLO);
    machine.close();
    assertThat(runtime.left()).isEmpty();
    runtime.close();
  }

  private double standbys() {
    return machine.node.metrics().stream()
        .filter(family -> family.name().equals("ebb_node_standbys"))
        .flatMap(family -> family.samples().stream())
        .mapToDouble(sample -> ((MetricFamily.Value.Scalar) sample.value()).value())
        .sum();
  }

  private Workload toZero() {
    var workload =
        machine.workload("print(os.path.basename(os.environ['HOME']), flush=True); listen()");
    machine.run(workload, 1);
    machine.node.scale(HELLO, 0);
    await().atMost(Machine.PATIENCE).until(() -> machine.node.list().isEmpty());
    await().atMost(Machine.PATIENCE).until(() -> standbys() == 1);
    return workload;
  }

  @Test
  void theNextInstanceIsTheOneMadeAhead() {
    toZero();
    assertThat(machine.log().lines()).hasSize(1);
    String ahead = runtime.left().getFirst();
    machine.node.scale(HELLO, 1);
    var instance = machine.awaitReady(HELLO, 1).getFirst();
    assertThat(ahead).isEqualTo("function-" + instance.id());
    assertThat(machine.log().lines()).hasSize(2).contains(instance.id().value());
    assertThat(standbys()).isZero();
  }

  @Test
  void anEarlierServersIsTakenAway() {
    var workload = toZero();
    machine.restart();
    runtime.left().forEach(id -> runtime.delete(id, directory.resolve("none")));
    assertThat(machine.root.resolve("work")).isEmptyDirectory();
    machine.node.register(workload);
    machine.node.scale(HELLO, 1);
    machine.awaitReady(HELLO, 1);
  }
}

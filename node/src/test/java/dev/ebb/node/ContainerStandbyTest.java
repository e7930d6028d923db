package dev.ebb.node;

import static dev.ebb.node.ContainerMachine.HELLO;
import static dev.ebb.node.ContainerMachine.container;
import static dev.ebb.node.ContainerMachine.revision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A revision that has gone to zero has its next instance made ahead.
class ContainerStandbyTest {
  private static final String SERVE = "echo color=$COLOR; exec httpd -f -p $PORT -h /www";

  @TempDir Path directory;
  private ContainerMachine machine;

  @BeforeEach
  void start() throws IOException {
    machine = new ContainerMachine(directory);
    machine.references.put("settings", Map.of("color", "blue"));
  }

  @AfterEach
  void nothingIsLeft() {
    machine.close();
  }

  private static Workload workload() {
    return revision(
        container("user-container", SERVE)
            .edit()
            .environment(
                List.of(new EnvironmentVariable.ConfigMapKey("COLOR", "settings", "color", false)))
            .build());
  }

  private double standbys() {
    return machine.node.metrics().stream()
        .filter(family -> family.name().equals("ebb_node_standbys"))
        .flatMap(family -> family.samples().stream())
        .mapToDouble(it -> ((MetricFamily.Value.Scalar) it.value()).value())
        .sum();
  }

  /// Runs an instance and ends it.
  private Instance toZero() {
    var instance = machine.serve(workload());
    machine.node.scale(HELLO, 0);
    await().atMost(ContainerMachine.PATIENCE).until(() -> machine.node.list().isEmpty());
    await().atMost(ContainerMachine.PATIENCE).until(() -> standbys() == 1);
    return instance;
  }

  private String log(Instance instance) throws IOException {
    var query =
        new LogQuery(
            List.of(HELLO), Optional.of(instance.id()), -1, false, Optional.empty(), false, false);
    try (var in = machine.node.logs(query)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String directoryOfStandby() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("work"))) {
      return all.map(it -> it.getFileName().toString()).toList().getFirst();
    }
  }

  @Test
  void theNextInstanceIsTheOneMadeAhead() throws IOException {
    var first = toZero();
    assertThat(machine.node.list()).isEmpty();
    String ahead = directoryOfStandby();
    machine.node.scale(HELLO, 1);
    var second = machine.awaitReady();
    assertThat(second.id().value()).isEqualTo(ahead).isNotEqualTo(first.id().value());
    assertThat(machine.get(second)).contains("hello from busybox");
    assertThat(log(second)).isEqualTo("color=blue\n");
    assertThat(standbys()).isZero();
  }

  @Test
  void whatHasChangedSinceIsNotMissed() throws IOException {
    toZero();
    machine.references.put("settings", Map.of("color", "red"));
    machine.node.scale(HELLO, 1);
    var second = machine.awaitReady();
    assertThat(machine.get(second)).contains("hello from busybox");
    assertThat(log(second)).isEqualTo("color=red\n");
  }

  @Test
  void theNextServerTakesAwayWhatWasMadeAhead() throws IOException {
    toZero();
    machine.restart();
    assertThat(directory.resolve("work")).isEmptyDirectory();
    machine.serve(workload());
  }

  @Test
  void aRevisionThatGoesTakesItAlong() {
    toZero();
    machine.node.unregister(HELLO);
    await()
        .atMost(ContainerMachine.PATIENCE)
        .untilAsserted(() -> assertThat(directory.resolve("work")).isEmptyDirectory());
    assertThat(standbys()).isZero();
  }
}

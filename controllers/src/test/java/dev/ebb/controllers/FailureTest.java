package dev.ebb.controllers;

import static dev.ebb.kinds.functions.FunctionKinds.FUNCTION;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.reconcile.Condition;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void whateverWritesFailAServiceBecomesReadyInTheEnd(int failures, @TempDir Path directory)
      throws Exception {
    try (World world = new World(directory, failures)) {
      world.start();
      world.create(SERVICE, World.service("hello", World.IMAGE));
      world.becomeReady("hello-00001");
      world.awaitReady(SERVICE, "hello");

      assertThat(world.gateway.targets("hello.default.localhost"))
          .containsExactly("hello-00001:100");
      assertThat(world.gateway.mistakes()).isEmpty();
    }
  }

  @Test
  void whoCallsAServiceThatNeverWorkedIsToldWhy(@TempDir Path directory) throws Exception {
    try (World world = new World(directory, 0)) {
      world.start();
      world.create(SERVICE, World.service("hello", World.IMAGE));
      var instance = world.awaitInstance("hello-00001", Instance.Phase.STARTING);
      world.instances.exit(instance.id(), new ExitStatus(78, 0, "Error", "SyntaxError: line 3"));

      await()
          .untilAsserted(() -> {
            assertThat(world.gateway.unavailable("hello.default.localhost"))
                .contains("SyntaxError: line 3");
            assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
          });

      world.change(SERVICE, "hello", service -> World.setEnvironment(service, "FIXED", "yes"));
      world.becomeReady("hello-00002");
      world.awaitReady(SERVICE, "hello");
      assertThat(world.gateway.targets("hello.default.localhost"))
          .containsExactly("hello-00002:100");
    }
  }

  @Test
  void aPackageThatTheDiskRefusesIsToldAndStoredLater(@TempDir Path directory) throws Exception {
    try (World world = new World(directory, 0)) {
      Path blobs = directory.resolve("blobs/sha256");
      Files.delete(blobs);
      Files.createFile(blobs);
      world.start();
      world.create(
          FUNCTION,
          """
          {"apiVersion": "ebb.dev/v1", "kind": "Function",
           "metadata": {"name": "hello", "namespace": "default"},
           "spec": {"runtime": "python", "source": {"inline": "def main(): pass"}}}
          """);
      await()
          .untilAsserted(() -> {
            assertThat(world.condition(FUNCTION, "hello", "Ready").isFalse()).isTrue();
            Condition condition = world.condition(FUNCTION, "hello", "PackageReady");
            assertThat(condition.reason()).isEqualTo("StorageFailed");
            assertThat(condition.message()).contains("could not be stored", "Not a directory");
          });

      Files.delete(blobs);
      Files.createDirectory(blobs);
      await().until(() -> world.condition(FUNCTION, "hello", "PackageReady").isTrue());
    }
  }
}

package dev.ebb.controllers;

import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
}

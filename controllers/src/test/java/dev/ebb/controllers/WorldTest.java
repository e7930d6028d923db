package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A test in a world of its own, in which no table ever led to a revision that was not there.
abstract class WorldTest {
  World world;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    world = new World(directory);
    world.start();
  }

  @AfterEach
  void close() {
    assertThat(world.gateway.mistakes()).isEmpty();
    world.close();
  }
}

package dev.ebb.node.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is made ahead, which is done with crun only.
class CreatedContainersTest {
  @TempDir static Path directory;
  static Sandboxes sandboxes;

  @BeforeAll
  static void open() throws IOException {
    sandboxes = new Sandboxes(directory, "crun");
    assertThat(sandboxes.runtime().creates()).isTrue();
  }

  @AfterAll
  static void close() throws IOException {
    sandboxes.close();
  }

  @Test
  void whatWasCreatedRunsWhenItIsStarted() throws IOException {
    var spec = sandboxes.spec("/bin/sh", "-c", "echo runs as $$; exit 3");
    var created = sandboxes.runtime().create(spec);
    assertThat(spec.log()).isEmptyFile();
    assertThat(Files.readString(Path.of("/proc/" + created.pid() + "/cmdline")))
        .doesNotContain("echo");
    var running = sandboxes.runtime().start(spec);
    assertThat(running.pid()).isEqualTo(created.pid());
    assertThat(running.startTime()).isEqualTo(created.startTime());
    assertThat(sandboxes.end(spec, running))
        .isEqualTo(new Sandboxes.Ended(3, "runs as 1\n", false));
  }

  @Test
  void whatWasCreatedOtherwiseOrHasEndedIsMadeAgain() throws IOException {
    var spec = sandboxes.spec("/bin/sh", "-c", "echo $COLOR");
    var red = Specs.environment(spec, Map.of("PATH", "/bin", "COLOR", "red"));
    var blue = Specs.environment(spec, Map.of("PATH", "/bin", "COLOR", "blue"));
    var created = sandboxes.runtime().create(red);
    assertThat(sandboxes.run(blue).output()).isEqualTo("blue\n");
    Linux.reap(created.pid());
    created = sandboxes.runtime().create(red);
    Linux.kill(created.pid(), Linux.SIGKILL);
    Linux.awaitExit(created.pid());
    assertThat(sandboxes.run(red).output()).isEqualTo("blue\nred\n");
    Linux.reap(created.pid());
  }

  @Test
  void aCommandCanBeRunInWhatWasCreatedAndStarted() throws Exception {
    var spec = sandboxes.spec("/bin/sleep", "60");
    sandboxes.runtime().create(spec);
    var running = sandboxes.runtime().start(spec);
    try (var command = sandboxes.runtime().exec(spec.id(), List.of("/bin/id"), false)) {
      assertThat(new String(command.output().readAllBytes(), UTF_8)).startsWith("uid=0(root)");
      assertThat(command.await()).isZero();
    }
    sandboxes.runtime().signal(spec.id(), Linux.SIGKILL);
    assertThat(sandboxes.end(spec, running).code()).isEqualTo(128 + Linux.SIGKILL);
  }
}

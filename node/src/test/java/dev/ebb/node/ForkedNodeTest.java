package dev.ebb.node;

import static dev.ebb.node.Machine.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Waits for lines of another process, so each test has a limit.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ForkedNodeTest {
  @TempDir Path directory;

  @Test
  void whenTheServerIsKilledTheGuardianEndsItsInstancesAndAllThatComesFromThem() throws Exception {
    var script =
        """
        for leave in (lambda: None, lambda: os.setpgid(0, 0), os.setsid):
            if os.fork() == 0:
                leave()
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
        listen()
        """;
    try (var node = ForkedNode.start(directory.resolve("node"), script, "wait", false)) {
      await().atMost(PATIENCE).until(() -> Machine.processes(node.run).size() == 4);
      node.kill();
      await().atMost(PATIENCE).until(() -> Machine.processes(node.run).isEmpty());
    }
  }

  @Test
  void anOrdinaryUserRunsInstances() throws IOException {
    // The directory of a test belongs to its user alone.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    var root = directory.resolve("node");
    try (var node =
        ForkedNode.start(root, "print('uid', os.getuid(), flush=True); listen()", "stop", true)) {
      assertThat(node.readLine()).isEqualTo("closed");
      try (var logs = Files.walk(root.resolve("logs"))) {
        var log = logs.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        assertThat(Files.readString(log)).startsWith("uid ").doesNotContain("uid 0");
      }
    }
  }
}

package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import dev.ebb.node.Spawn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrphansTest {
  @Test
  void whatNobodyWaitsForIsReapedAtTheSecondLook() throws Exception {
    long pid =
        Spawn.start(
            new Spawn.Request(
                List.of("/bin/true"),
                Map.of(),
                Path.of("/"),
                new Spawn.LogFile(-1, Path.of("/dev/null"))));
    await().until(() -> ProcessStat.read(pid).orElseThrow().state() == 'Z');

    Set<ProcessStat> first = Orphans.sweep(Set.of());
    assertThat(first).anyMatch(one -> one.pid() == pid);
    assertThat(ProcessStat.read(pid)).isPresent();

    Orphans.sweep(first);
    assertThat(ProcessStat.read(pid)).isEmpty();
    assertThat(Linux.kill(pid, 0)).isNotZero();
  }
}

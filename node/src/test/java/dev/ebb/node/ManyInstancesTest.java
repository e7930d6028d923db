package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.node.sandbox.ResourceUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyInstancesTest {
  private static final int AT_ONCE = 100;
  private static final int WARM_UP = 20;
  private static final int ROUNDS = 80;
  private static final Logger CRASHES = Logger.getLogger(InstanceExits.class.getName());

  @TempDir Path directory;
  private final Semaphore ended = new Semaphore(0);

  /// Processes with numbers that Linux gives to none, so they have ended when the node looks.
  private static final class Ended implements Sandbox {
    private final AtomicLong next = new AtomicLong(1L << 23);

    @Override
    public long start(Spec spec) {
      return next.incrementAndGet();
    }

    @Override
    public void rehearse() {}

    @Override
    public void signal(long pid, int signal) {}

    @Override
    public Map<Long, ResourceUsage> usage(Set<Long> pids) {
      return Map.of();
    }

    @Override
    public void cleanUp(InstanceRecord record) {}
  }

  @Test
  void tenThousandShortLivesLeaveNothing() throws Exception {
    // Ten thousand warnings help nobody.
    CRASHES.setLevel(Level.OFF);
    try (var machine =
        new Machine(directory, config -> config.withBudget(1000, 1L << 50), new Ended())) {
      machine.node.register(machine.workload("listen()"));
      machine.node.subscribe(event -> {
        if (event instanceof InstanceEvent.PhaseChanged change
            && change.instance().phase() == Phase.EXITED) {
          ended.release();
        }
      });
      live(machine, WARM_UP);
      long before = usedBytes();
      live(machine, ROUNDS);

      // What the last ones leave goes a moment after they are told to have ended.
      await()
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .untilAsserted(() -> {
            assertThat((usedBytes() - before) / (AT_ONCE * ROUNDS))
                .as("bytes for each instance")
                .isLessThan(200);
            assertThat(machine.node.list()).isEmpty();
            assertThat(logs()).isZero();
          });
    } finally {
      CRASHES.setLevel(null);
    }
  }

  private void live(Machine machine, int rounds) throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      machine.node.scale(HELLO, AT_ONCE);
      assertThat(ended.tryAcquire(AT_ONCE, 60, TimeUnit.SECONDS)).isTrue();
      machine.node.scale(HELLO, 0);
      machine.events.clear();
    }
    machine.awaitNothingLeft();
  }

  private static long usedBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private long logs() throws IOException {
    try (var files = Files.walk(directory.resolve("logs"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }
}

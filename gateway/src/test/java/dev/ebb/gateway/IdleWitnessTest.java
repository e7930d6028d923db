package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A loop that is late must not take a connection for open because it has not heard of its end.
class IdleWitnessTest {
  private static final long OLD = Duration.ofSeconds(2).toNanos();
  private static final long YOUNG = Duration.ofMillis(500).toNanos();

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final KeptOpen keptOpen = new KeptOpen();
  private final IdleWitness witness = new IdleWitness(keptOpen, tasks::add);
  private boolean idle = true;

  @Test
  void anIdleConnectionIsOpenOnceTheLoopHasLookedAgain() {
    witness.see(OLD, () -> idle);
    assertThat(keptOpen.isSafe(YOUNG)).isFalse();
    tasks.remove().run();
    assertThat(keptOpen.isSafe(YOUNG)).as("its end may be what is found next").isFalse();
    tasks.remove().run();
    assertThat(keptOpen.isSafe(YOUNG)).isTrue();
  }

  @Test
  void oneThatWasClosedMeanwhileProvesNothing() {
    witness.see(OLD, () -> idle);
    tasks.remove().run();
    idle = false;
    tasks.remove().run();
    assertThat(keptOpen.isSafe(YOUNG)).isFalse();
  }

  @Test
  void oneAtATimeIsWatched() {
    witness.see(OLD, () -> idle);
    witness.see(OLD, () -> idle);
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    tasks.remove().run();
    witness.see(OLD, () -> idle);
    assertThat(tasks).hasSize(1);
  }

  /// What [LoopState#nextTasks] relies on.
  @Test
  void whatATaskSchedulesComesAfterAllThatIsQueued() throws Exception {
    var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      EventLoop loop = group.next();
      List<String> order = new CopyOnWriteArrayList<>();
      CountDownLatch all = new CountDownLatch(3);
      Consumer<String> happens =
          what -> {
            order.add(what);
            all.countDown();
          };
      loop.execute(() -> {
        var _ = loop.schedule(() -> happens.accept("scheduled"), 0, TimeUnit.NANOSECONDS);
        loop.execute(() -> {
          happens.accept("queued");
          loop.execute(() -> happens.accept("queued by that"));
        });
      });
      assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(order).containsExactly("queued", "queued by that", "scheduled");
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }
}

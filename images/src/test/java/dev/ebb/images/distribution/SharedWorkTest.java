package dev.ebb.images.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedWorkTest {
  private final SharedWork shared = new SharedWork();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @AfterEach
  void close() {
    shared.close();
  }

  @Test
  void whoJoinsAFailureTriesItsOwnWay() throws Exception {
    var first =
        start(told -> {
          began.countDown();
          goOn.await();
          throw new ImageException(ImageException.Reason.UNAUTHORIZED, "mine");
        });
    began.await();
    var joined = start(told -> runs.incrementAndGet());
    awaitParked(joined.thread);
    goOn.countDown();

    joined.task.get();
    assertThat(runs).hasValue(1);
    assertThatThrownBy(first.task::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("mine");
  }

  @Test
  void workGoesOnWhileSomebodyWaits() throws Exception {
    var first =
        start(told -> {
          began.countDown();
          goOn.await();
          runs.incrementAndGet();
        });
    began.await();
    var joined = start(told -> runs.addAndGet(100));
    awaitParked(joined.thread);
    first.thread.interrupt();
    assertThatThrownBy(first.task::get).hasCauseInstanceOf(InterruptedException.class);
    goOn.countDown();

    joined.task.get();
    assertThat(runs).hasValue(1);
  }

  @Test
  void workThatNobodyWaitsForEnds() throws Exception {
    var ended = new CountDownLatch(1);
    var only =
        start(told -> {
          began.countDown();
          try {
            goOn.await();
          } finally {
            ended.countDown();
          }
        });
    began.await();
    only.thread.interrupt();
    ended.await();
  }

  @Test
  void afterACloseNothingBegins() {
    shared.close();
    assertThatThrownBy(() -> shared.run("a", told -> {}, PullListener.NONE))
        .isInstanceOf(InterruptedException.class);
  }

  private record Caller(FutureTask<Boolean> task, Thread thread) {}

  private Caller start(SharedWork.Work work) {
    var task =
        new FutureTask<>(() -> {
          shared.run("key", work, PullListener.NONE);
          return true;
        });
    return new Caller(task, Thread.ofVirtual().start(task));
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}

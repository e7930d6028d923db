package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCountsTest {
  @Test
  void eachStatusIsCountedOnItsOwn() {
    StatusCounts counts = new StatusCounts();
    assertThat(counts.read()).isEmpty();
    for (int status : new int[] {200, 404, 200, 0, 503, 200}) {
      counts.increment(status);
    }
    assertThat(counts.read()).isEqualTo(Map.of(0, 1L, 200, 3L, 404, 1L, 503, 1L));
  }

  @Test
  void nothingIsLostBetweenThreadsThatSeeAStatusFirst() throws InterruptedException {
    StatusCounts counts = new StatusCounts();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 10_000; i++) {
                  counts.increment(200 + i % 50);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(counts.read())
        .hasSize(50)
        .allSatisfy((status, count) -> assertThat(count).isEqualTo(1600));
  }
}

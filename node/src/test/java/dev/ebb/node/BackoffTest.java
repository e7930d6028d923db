package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void failuresToStartWaitLongerAndLongerUpToAMinute() {
    assertThat(IntStream.range(0, 9).mapToObj(i -> backoff.failedToStart().toSeconds()))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void theFirstCrashCostsNoWaitAndLaterOnesDo() {
    var soon = Duration.ofSeconds(1);
    assertThat(IntStream.range(0, 4).mapToObj(i -> backoff.crashed(soon).toSeconds()))
        .containsExactly(0L, 1L, 2L, 4L);
  }

  @Test
  void tenHealthySecondsOrAResetStartAnew() {
    for (int i = 0; i < 5; i++) {
      assertThat(backoff.failedToStart()).isPositive();
    }
    assertThat(backoff.crashed(Duration.ofSeconds(10))).isZero();
    assertThat(backoff.crashed(Duration.ofSeconds(9))).isEqualTo(Duration.ofSeconds(1));
    backoff.reset();
    assertThat(backoff.failedToStart()).isEqualTo(Duration.ofSeconds(1));
  }
}

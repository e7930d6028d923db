package dev.ebb.eventing.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
  @ParameterizedTest
  @CsvSource({"1, 10", "2, 20", "3, 40", "4, 80", "5, 120", "6, 120", "10000, 120"})
  void waitsDouble(int attempt, int seconds) {
    assertThat(RetryPolicy.DEFAULT.delay(attempt)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void noWaitStaysNoWait() {
    RetryPolicy policy = new RetryPolicy(3, Set.of(), Duration.ZERO, Duration.ofSeconds(1));
    assertThat(policy.delay(100)).isZero();
  }

  @Test
  void whatFunctionsAskForHasBounds() {
    assertThat(RetryPolicy.DEFAULT.delay(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(10));
    assertThat(RetryPolicy.DEFAULT.delay(Duration.ofDays(400))).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void policiesThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> new RetryPolicy(0, Set.of(), Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("attempts");
    assertThatThrownBy(() -> new RetryPolicy(1, Set.of(), Duration.ofSeconds(2), Duration.ZERO))
        .hasMessageContaining("waits");
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "0, 0",
    "99999999999999, 2147483647",
    "'Sun, 22 Nov 2026 00:00:09 GMT', 9",
    "'Sun, 22 Nov 2020 00:00:09 GMT', 0",
    "-1,",
    "soon,",
    "'',"
  })
  void retryAfterIsSecondsOrADate(String value, Long seconds) {
    assertThat(Headers.wait(value, Instant.parse("2026-11-22T00:00:00Z")).map(Duration::toSeconds))
        .isEqualTo(java.util.Optional.ofNullable(seconds));
  }
}

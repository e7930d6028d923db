package dev.ebb.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "60s, PT1M",
    "1h30m, PT1H30M",
    "1.5s, PT1.5S",
    ".5s, PT0.5S",
    "500ms, PT0.5S",
    "10us, PT0.00001S",
    "7ns, PT0.000000007S",
    "-1m, PT-1M",
    "+1m, PT1M"
  })
  void readsWhatGoReads(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "60", "s", "1 s", "1d", "1s1", "-", "9999999999999999999h"})
  void refusesWhatGoRefuses(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.95S, 950ms",
    "PT1S, 1s",
    "PT15.0021S, 15.002s",
    "PT1M0.5S, 1m0.5s",
    "PT2H, 2h0m0s",
    "PT50H3M, 50h3m0s"
  })
  void writesWhatGoWrites(Duration duration, String text) {
    assertThat(GoDuration.format(duration)).isEqualTo(text);
  }
}

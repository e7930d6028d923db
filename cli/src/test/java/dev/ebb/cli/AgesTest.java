package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {
  @ParameterizedTest
  @CsvSource({
    "-5, 0s",
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "200, 3m20s",
    "600, 10m",
    "10799, 179m",
    "10800, 3h",
    "172799, 47h",
    "172800, 2d",
    "8640000, 100d"
  })
  void anAgeIsSaidAsKubectlSaysIt(long seconds, String text) {
    assertThat(Ages.text(Duration.ofSeconds(seconds))).isEqualTo(text);
  }
}

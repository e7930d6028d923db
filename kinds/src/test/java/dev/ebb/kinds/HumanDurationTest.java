package dev.ebb.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanDurationTest {
  @ParameterizedTest
  @CsvSource({
    "-PT5S, <invalid>",
    "-PT0.5S, 0s",
    "PT0S, 0s",
    "PT119S, 119s",
    "PT2M, 2m",
    "PT2M30S, 2m30s",
    "PT9M59S, 9m59s",
    "PT10M30S, 10m",
    "PT179M, 179m",
    "PT3H, 3h",
    "PT3H5M, 3h5m",
    "PT8H30M, 8h",
    "PT47H, 47h",
    "P2D, 2d",
    "P2DT3H, 2d3h",
    "P8D, 8d",
    "P729D, 729d",
    "P770D, 2y40d",
    "P3650D, 10y"
  })
  void showsTheUnitsOfKubectl(Duration duration, String expected) {
    assertThat(HumanDuration.format(duration)).isEqualTo(expected);
  }
}

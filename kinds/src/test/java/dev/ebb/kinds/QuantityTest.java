package dev.ebb.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "128Mi, 134217728, 134217728000",
    "1.5Gi, 1610612736, 1610612736000",
    "500m, 1, 500",
    "1, 1, 1000",
    "0.0001, 1, 1",
    "1e3, 1000, 1000000",
    "1E3, 1000, 1000000",
    "2k, 2000, 2000000",
    "1E, 1000000000000000000, 9223372036854775807",
    "100n, 1, 1",
    ".5, 1, 500",
    "-1, -1, -1000"
  })
  void readsUnits(String text, long units, long milliUnits) {
    Quantity quantity = Quantity.parse(text).orElseThrow();
    assertThat(quantity.units()).isEqualTo(units);
    assertThat(quantity.milliUnits()).isEqualTo(milliUnits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Mi", "1 Mi", "1mi", "1K", "1e", "1e999", "0x10", "--1", "1Mib"})
  void refusesWhatIsNoQuantity(String text) {
    assertThat(Quantity.parse(text)).isEmpty();
  }
}

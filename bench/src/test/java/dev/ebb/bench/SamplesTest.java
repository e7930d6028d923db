package dev.ebb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SamplesTest {
  private final Samples oneToHundred =
      new Samples(IntStream.rangeClosed(1, 100).mapToObj(Double::valueOf).toList().reversed());

  @ParameterizedTest
  @CsvSource({"0, 1", "0.01, 1", "0.5, 50", "0.95, 95", "0.99, 99", "0.991, 100", "1, 100"})
  void aPercentileIsTheNearestRank(double fraction, double value) {
    assertThat(oneToHundred.percentile(fraction)).isEqualTo(value);
  }

  @Test
  void oneValueIsAllOfThem() {
    Samples samples = new Samples(List.of(7.0));
    assertThat(List.of(samples.min(), samples.median(), samples.max()))
        .isEqualTo(Collections.nCopies(3, 7.0));
  }

  @Test
  void nothingMeasuredIsAnError() {
    assertThatThrownBy(() -> new Samples(List.of())).hasMessage("nothing was measured");
  }
}

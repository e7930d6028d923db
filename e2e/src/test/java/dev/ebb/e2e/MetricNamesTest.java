package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          up                                                                 | up
          up == 0                                                            | up
          rate(a_total[5m])                                                  | a_total
          sum by (code, le) (rate(a_total{b="c_d", e=~"f}g"}[1m]))           | a_total
          sum(a{b='x'}) without (c) / on (d) group_left (e) f                | a f
          a > 0 and deriv(b[10m:1m]) > 0 unless c offset 5m                  | a b c
          histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))         | a_bucket
          predict_linear(a[3h], 24 * 3600) < 1e9                             | a
          a:b:rate5m * -1.5e3                                                | a:b:rate5m
          label_values(a, b)                                                 | a b
          vector(1)                                                          | ~~
          """)
  void namesAreFoundWhereverTheyStand(String expression, String names) {
    assertThat(String.join(" ", MetricNames.of(expression))).isEqualTo(names);
  }
}

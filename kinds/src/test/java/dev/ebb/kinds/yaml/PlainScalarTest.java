package dev.ebb.kinds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainScalarTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      textBlock =
          """
          yes true
          On true
          y true
          TRUE true
          no false
          OFF false
          n false
          ~ null
          Null null
          `` null
          0 0
          -12 -12
          +12 12
          1_000 1000
          0x1F 31
          -0x1f -31
          0o14 12
          014 12
          0b101 5
          08 8
          1e3 1000
          1.0 1
          1.5 1.5
          -.5 -0.5
          .5 0.5
          4294967296 4294967296
          18446744073709551615 18446744073709551615
          1e-7 1.0E-7
          tRUE "tRUE"
          yEs "yEs"
          nULL "nULL"
          1.2.3 "1.2.3"
          0x "0x"
          12a "12a"
          - "-"
          . "."
          2026-01-01 "2026-01-01"
          2026-01-01T00:00:00Z "2026-01-01T00:00:00Z"
          12:30:45 "12:30:45"
          128Mi "128Mi"
          1e999 "1e999"
          hello "hello"
          """)
  void meansWhatItMeansToKubectl(String text, String json) {
    assertThat(PlainScalar.read(text == null ? "" : text).orElseThrow()).hasToString(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {".inf", "-.Inf", "+.INF", ".nan", ".NaN"})
  void whatJsonCannotSayIsRefused(String text) {
    assertThat(PlainScalar.read(text)).isEmpty();
  }
}

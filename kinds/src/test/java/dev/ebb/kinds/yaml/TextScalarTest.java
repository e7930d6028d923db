package dev.ebb.kinds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TextScalarTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "yes|yes",
        "true|true",
        "1.10|1.10",
        "08|08",
        "0x1F|0x1F",
        "1e3|1e3",
        "a b|a b",
        "\"1.10\"|1.10",
        "''|``",
        "'null'|null",
        "!!str 1.10|1.10",
      })
  void aScalarIsWhatWasWritten(String yaml, String text) {
    JsonNode value = YamlReader.readAllAsText("a: " + yaml).getFirst().path("a");
    assertThat(value.isString()).isTrue();
    assertThat(value.asString()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"``", "~", "null"})
  void nothingIsNull(String yaml) {
    assertThat(YamlReader.readAllAsText("a: " + yaml).getFirst().path("a").isNull()).isTrue();
  }
}

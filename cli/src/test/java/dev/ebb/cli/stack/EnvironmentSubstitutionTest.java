package dev.ebb.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.cli.CliException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSubstitutionTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("TAG", "1.2", "EMPTY", "");

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "image:${TAG}           | image:1.2",
        "image:${TAG:-latest}   | image:1.2",
        "image:${NONE:-latest}  | image:latest",
        "image:${NONE:=latest}  | image:latest",
        "image:${EMPTY:-latest} | image:latest",
        "image:${EMPTY-latest}  | image:",
        "image:${NONE-latest}   | image:latest",
        "image:${NONE}          | image:",
        "${TAG}${TAG}           | 1.21.2",
        "$TAG costs $5          | $TAG costs $5",
        "${NONE:-a:b/c-d}       | a:b/c-d",
      })
  void variablesAreReplaced(String text, String replaced) {
    assertThat(EnvironmentSubstitution.apply(text, ENVIRONMENT))
        .isEqualTo(replaced == null ? "" : replaced);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${TAG", "${}", "${1}", "${TAG##*.}", "${TAG/a/b}"})
  void otherExpressionsAreRefused(String text) {
    assertThatThrownBy(() -> EnvironmentSubstitution.apply(text, ENVIRONMENT))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(text)
        .hasMessageContaining("--no-substitution");
  }
}

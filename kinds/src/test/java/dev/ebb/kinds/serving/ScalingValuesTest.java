package dev.ebb.kinds.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingValuesTest {
  private static final String PREFIX = "autoscaling.knative.dev/";

  @Test
  void annotationsAreReadInBothSpellingsAndHyphensWin() {
    ScalingValues values =
        ScalingValues.ofAnnotations(
            Map.of(
                PREFIX + "minScale",
                "1",
                PREFIX + "max-scale",
                "5",
                PREFIX + "maxScale",
                "9",
                "window",
                "7s"));

    assertThat(values.count("min-scale")).contains(1);
    assertThat(values.key("min-scale")).isEqualTo(PREFIX + "minScale");
    assertThat(values.count("max-scale")).contains(5);
    assertThat(values.duration("window")).isEmpty();
    assertThat(values.key("window")).isEqualTo(PREFIX + "window");
  }

  @Test
  void spaceAroundAValueDoesNotCount() {
    ScalingValues values = ScalingValues.ofAnnotations(Map.of(PREFIX + "window", " 90s "));

    assertThat(values.duration("window")).contains(Duration.ofSeconds(90));
  }

  @ParameterizedTest
  @CsvSource({"1.5", "x", "''", "9999999999"})
  void otherTextIsNoCount(String text) {
    ScalingValues values = ScalingValues.ofAnnotations(Map.of(PREFIX + "min-scale", text));

    assertThat(values.count("min-scale")).isEmpty();
    assertThat(values.text("min-scale")).contains(text);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "1e3", "''", "Infinity", "0x1"})
  void otherTextIsNoNumber(String text) {
    assertThat(ScalingValues.ofAnnotations(Map.of(PREFIX + "target", text)).number("target"))
        .isEmpty();
  }
}

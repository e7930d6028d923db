package dev.ebb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportTest {
  private final Report report = new Report();

  @Test
  void rowsOfOneTableMayHaveDifferentFigures() {
    report.fact("machine", "2 cores");
    report.row("start", "floor").put("p50", 7.25);
    report.row("start", "ours").put("p50", 12.5).put("target", 15);
    assertThat(printed())
        .isEqualTo(
            """
            - machine: 2 cores

            ### start

            |  | p50 | target |
            | --- | ---: | ---: |
            | floor | 7.25 |  |
            | ours | 12.5 | 15 |
            """);
  }

  @Test
  void theJsonHasEveryDigit() {
    report.fact("machine", "2 cores");
    report.row("start", "floor").put("p50", 7.123456);
    JsonNode json = new JsonMapper().readTree(report.json());
    assertThat(json.at("/facts/machine").asString()).isEqualTo("2 cores");
    assertThat(json.at("/tables/start/floor/p50").asDouble()).isEqualTo(7.123456);
  }

  @Test
  void aFigureThatWasNotMeasuredIsAnErrorAndMakesNoRow() {
    assertThatThrownBy(() -> report.value("start", "floor", "p50"))
        .hasMessage("no p50 of floor in start");
    assertThat(printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0.987, 0.99", "9.994, 9.99", "12.34, 12.3", "150, 150", "1234.5, 1235", "3, 3"})
  void figuresHaveThreeDigits(double value, String text) {
    assertThat(Report.text(value)).isEqualTo(text);
  }

  private String printed() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    report.print(new PrintStream(out, false, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}

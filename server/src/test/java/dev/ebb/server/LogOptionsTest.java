package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.resources.ApiException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogOptionsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /// @param query `a=b&c=d`
  private static LogOptions options(String query) {
    Map<String, String> values =
        Stream.of(query.split("&", -1))
            .filter(pair -> !pair.isEmpty())
            .map(pair -> (pair + "=").split("=", -1))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    return LogOptions.of(
        name -> Optional.ofNullable(values.get(name)), "web", InstantSource.fixed(NOW));
  }

  @Test
  void nothingAskedForMeansAllOfTheOnlyContainer() {
    assertThat(options(""))
        .isEqualTo(
            new LogOptions("", false, false, false, false, -1, Long.MAX_VALUE, Optional.empty()));
  }

  @Test
  void allOptions() {
    assertThat(
            options(
                "container=c&follow=true&previous=1&timestamps=True&prefix&tailLines=0"
                    + "&limitBytes=7&sinceSeconds=60"))
        .isEqualTo(
            new LogOptions("c", true, true, true, true, 0, 7, Optional.of(NOW.minusSeconds(60))));
    assertThat(options("sinceTime=2025-12-31T23:00:00Z").since())
        .contains(Instant.parse("2025-12-31T23:00:00Z"));
    assertThat(options("follow=false&previous=no").follow()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tailLines=-1 | 422 | tailLines: Invalid value: -1: must be greater than or equal to 0",
        "limitBytes=0 | 422 | limitBytes: Invalid value: 0: must be greater than 0",
        "sinceSeconds=0 | 422 | sinceSeconds: Invalid value: 0: must be greater than 0",
        "sinceSeconds=1&sinceTime=2025-12-31T23:00:00Z | 422 | at most one of `sinceTime` or",
        "tailLines=-1&limitBytes=0 | 422 | is invalid: [tailLines: Invalid value: -1",
        "tailLines=x | 400 | parsing \"x\": invalid syntax",
        "sinceTime=yesterday | 400 | not a time of RFC 3339: \"yesterday\""
      })
  void refusals(String query, int code, String message) {
    assertThatThrownBy(() -> options(query))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status().code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}

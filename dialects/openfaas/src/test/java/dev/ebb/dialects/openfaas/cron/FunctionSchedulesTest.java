package dev.ebb.dialects.openfaas.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionSchedulesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "*/5 * * * *                        | 2026-01-01T00:01:00Z | 2026-01-01T00:05:00Z",
        "@hourly                            | 2026-01-01T00:01:00Z | 2026-01-01T01:00:00Z",
        "@every 90s                         | 2026-01-01T00:01:00Z | 2026-01-01T00:02:30Z",
        "TZ=Asia/Tokyo 30 4 * * *           | 2026-01-01T00:00:00Z | 2026-01-01T19:30:00Z",
        "CRON_TZ=America/New_York  0 9 * * 1| 2026-01-01T00:00:00Z | 2026-01-05T14:00:00Z",
        "TZ=UTC @daily                      | 2026-01-01T00:01:00Z | 2026-01-02T00:00:00Z",
        "TZ= 0 6 * * *                      | 2026-01-01T00:00:00Z | 2026-01-01T06:00:00Z",
        // The clocks go from 2 to 3 on 29 March 2026: that night has no 02:30.
        "TZ=Europe/Berlin 30 2 * * *        | 2026-03-28T12:00:00Z | 2026-03-30T00:30:00Z",
        // And from 3 to 2 on 25 October 2026: that night has it twice.
        "TZ=Europe/Berlin 30 2 * * *        | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z",
        "TZ=Europe/Berlin 30 2 * * *        | 2026-10-25T00:30:00Z | 2026-10-25T01:30:00Z",
        "0 0 30 2 *                         | 2026-01-01T00:00:00Z | -"
      })
  void timesAreThoseOfTheConnectorsParser(String schedule, String after, String next) {
    FunctionSchedules schedules = read(schedule, "");
    assertThat(schedules.problems()).isEmpty();
    assertThat(schedules.readable()).hasSize(1);
    assertThat(schedules.readable().values().iterator().next().next(Instant.parse(after)))
        .isEqualTo(Optional.ofNullable(next).map(Instant::parse));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                     | schedule: is required with the topic cron-function",
        "' ; '                  | schedule: is required with the topic cron-function",
        "61 * * * *             | above maximum (59)",
        "* * * *                | expected exactly 5 fields, found 4",
        "0 * * * * *            | expected exactly 5 fields, found 6",
        "@reboot                | unrecognized descriptor: @reboot",
        "@every soon            | failed to parse duration @every soon",
        "TZ=Mars/Base 0 0 * * * | unknown time zone Mars/Base",
        "TZ=+02:00 0 0 * * *    | unknown time zone +02:00",
        "TZ=Europe/Berlin       | empty spec string"
      })
  void whatCannotBeReadIsSaid(String schedule, String problem) {
    FunctionSchedules schedules = read(schedule, "");
    assertThat(schedules.readable()).isEmpty();
    assertThat(schedules.problems()).singleElement().asString().contains(problem);
  }

  @Test
  void oneOfSeveralIsWrongAndTheOthersCount() {
    FunctionSchedules schedules = read("*/5 * * * * ;never; 0 1 * * *;", "60");
    assertThat(schedules.readable().keySet()).containsExactly("*/5 * * * *", "0 1 * * *");
    assertThat(schedules.problems()).singleElement().asString().startsWith("schedule: \"never\": ");
    assertThat(schedules.deadline()).contains(Duration.ofMinutes(1));
    assertThat(read("@daily", "soon").problems()).singleElement().asString().contains("\"soon\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cron-function | true",
        "kafka-orders, cron-function | true",
        "cron-functions | false",
        "'' | false"
      })
  void theTopicDecides(String topic, boolean isScheduled) {
    assertThat(FunctionSchedules.of(Map.of("topic", topic, "schedule", "@daily")).isPresent())
        .isEqualTo(isScheduled);
    assertThat(FunctionSchedules.of(Map.of("schedule", "@daily"))).isEmpty();
  }

  private static FunctionSchedules read(String schedule, String deadline) {
    return FunctionSchedules.of(
            Map.of(
                "topic",
                "cron-function",
                "schedule",
                schedule,
                FunctionSchedules.DEADLINE,
                deadline))
        .orElseThrow();
  }
}

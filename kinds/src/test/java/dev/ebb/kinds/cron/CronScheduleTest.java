package dev.ebb.kinds.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
  @ParameterizedTest(name = "{0} after {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *             | 2026-01-01T00:00:00 | 2026-01-01T00:01:00
          * * * * *             | 2026-01-01T00:00:59 | 2026-01-01T00:01:00
          ? ? ? ? ?             | 2026-01-01T00:00:00 | 2026-01-01T00:01:00
          */15 * * * *          | 2026-01-01T00:15:00 | 2026-01-01T00:30:00
          5/20 * * * *          | 2026-01-01T00:26:00 | 2026-01-01T00:45:00
          10-30/10 * * * *      | 2026-01-01T00:30:00 | 2026-01-01T01:10:00
          0,30 9-17 * * MON-FRI | 2026-01-02T17:30:00 | 2026-01-05T09:00:00
          0 12 * jan,JUL *      | 2026-01-31T12:00:00 | 2026-07-01T12:00:00
          0 0 1 1 *             | 2026-01-01T00:00:00 | 2027-01-01T00:00:00
          0 0 31 * *            | 2026-01-31T00:00:00 | 2026-03-31T00:00:00
          0 0 29 2 *            | 2026-01-01T00:00:00 | 2028-02-29T00:00:00
          0 0 29 2 *            | 2097-01-01T00:00:00 | 2104-02-29T00:00:00
          0 0 13 * 5            | 2026-01-01T00:00:00 | 2026-01-02T00:00:00
          0 0 */2 * 5           | 2026-01-03T00:00:00 | 2026-01-05T00:00:00
          0 0 13 * *            | 2026-01-01T00:00:00 | 2026-01-13T00:00:00
          0 0 * * sun           | 2026-01-01T00:00:00 | 2026-01-04T00:00:00
          0 0 */1 * sun         | 2026-01-01T00:00:00 | 2026-01-04T00:00:00
          @hourly               | 2026-01-01T00:00:00 | 2026-01-01T01:00:00
          @daily                | 2026-01-01T00:00:00 | 2026-01-02T00:00:00
          @midnight             | 2026-01-01T00:00:00 | 2026-01-02T00:00:00
          @weekly               | 2026-01-01T00:00:00 | 2026-01-04T00:00:00
          @monthly              | 2026-01-01T00:00:00 | 2026-02-01T00:00:00
          @yearly               | 2026-01-01T00:00:00 | 2027-01-01T00:00:00
          @annually             | 2026-01-01T00:00:00 | 2027-01-01T00:00:00
          @every 1h30m          | 2026-01-01T00:00:07 | 2026-01-01T01:30:07
          @every 10ms           | 2026-01-01T00:00:00 | 2026-01-01T00:00:01
          """)
  void comesNext(String schedule, LocalDateTime after, LocalDateTime next) {
    assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).next(after.toInstant(ZoneOffset.UTC)))
        .contains(next.toInstant(ZoneOffset.UTC));
  }

  /// In Berlin the clocks go from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October.
  @ParameterizedTest(name = "{0} after {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 9 * * *    | 2026-07-01T06:59:59Z | 2026-07-01T07:00:00Z
          0 9 * * *    | 2026-12-01T07:00:00Z | 2026-12-01T08:00:00Z
          30 2 * * *   | 2026-03-28T01:30:00Z | 2026-03-30T00:30:00Z
          30 * * * *   | 2026-03-29T00:30:00Z | 2026-03-29T01:30:00Z
          30 2 * * *   | 2026-10-24T22:00:00Z | 2026-10-25T00:30:00Z
          30 2 * * *   | 2026-10-25T00:30:00Z | 2026-10-25T01:30:00Z
          30 2 * * *   | 2026-10-25T01:30:00Z | 2026-10-26T01:30:00Z
          0 */2 * * *  | 2026-10-25T00:00:00Z | 2026-10-25T01:00:00Z
          0 0 1 * *    | 2026-03-02T00:00:00Z | 2026-03-31T22:00:00Z
          """)
  void followsTheClocksOfItsZone(String schedule, Instant after, Instant next) {
    assertThat(CronSchedule.parse(schedule, ZoneId.of("Europe/Berlin")).next(after)).contains(next);
  }

  @ParameterizedTest(name = "{0} in ({1}, {2}]")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *    | 2020-01-01T00:00:00Z | 2026-01-01T00:00:30Z | 2026-01-01T00:00:00Z
          0 0 1 1 *    | 2020-01-01T00:00:00Z | 2025-12-31T00:00:00Z | 2025-01-01T00:00:00Z
          0 * * * *    | 2026-01-01T00:00:00Z | 2026-01-01T01:00:00Z | 2026-01-01T01:00:00Z
          0 * * * *    | 2026-01-01T00:00:00Z | 2026-01-01T00:59:59Z |
          0 0 30 2 *   | 2020-01-01T00:00:00Z | 2026-01-01T00:00:00Z |
          @every 90s   | 2026-01-01T00:00:10Z | 2026-01-01T00:05:00Z | 2026-01-01T00:04:40Z
          @every 90s   | 2026-01-01T00:00:10Z | 2026-01-01T00:01:00Z |
          """)
  void findsTheLast(String schedule, Instant after, Instant until, Instant latest) {
    assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).latest(after, until))
        .isEqualTo(Optional.ofNullable(latest));
  }

  @Test
  void aDayThatIsInNoMonthNeverComes() {
    assertThat(CronSchedule.parse("0 0 30 2 *", ZoneOffset.UTC).next(Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``              | empty spec string
          * * * *         | expected exactly 5 fields, found 4: [* * * *]
          * * * * * *     | expected exactly 5 fields, found 6: [* * * * * *]
          60 * * * *      | end of range (60) above maximum (59): 60
          * 24 * * *      | end of range (24) above maximum (23): 24
          * * 0 * *       | beginning of range (0) below minimum (1): 0
          * * * 13 *      | end of range (13) above maximum (12): 13
          * * * * 7       | end of range (7) above maximum (6): 7
          30-10 * * * *   | beginning of range (30) beyond end of range (10): 30-10
          1-2-3 * * * *   | too many hyphens: 1-2-3
          */2/3 * * * *   | too many slashes: */2/3
          */0 * * * *     | step of range should be a positive number: */0
          -5 * * * *      | failed to parse int from : strconv.Atoi: parsing "": invalid syntax
          a * * * *       | failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax
          mon * * * *     | failed to parse int from mon: strconv.Atoi: parsing "mon": invalid syntax
          */x * * * *     | failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax
          @reboot         | unrecognized descriptor: @reboot
          @every soon     | failed to parse duration @every soon: time: invalid duration "soon"
          """)
  void refuses(String schedule, String reason) {
    assertThatThrownBy(() -> CronSchedule.parse(schedule, ZoneOffset.UTC))
        .isInstanceOf(CronFormatException.class)
        .hasMessage(reason);
  }
}

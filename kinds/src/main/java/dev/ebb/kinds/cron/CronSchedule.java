package dev.ebb.kinds.cron;

import dev.ebb.kinds.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// When a CronJob starts Jobs: minutes of a calendar, or every so often. Immutable.
///
/// Minutes are those of the wall clock, met as time really passes: one that a zone leaves out when
/// its clocks go forward does not happen that day, one that comes twice when they go back happens
/// twice. A day matches when both its fields do, or one of them where neither is left open.
///
/// @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/">CronJob</a>
public sealed interface CronSchedule permits CronCalendar, CronSchedule.Every {
  /// The first time after this one; empty where none is near, as of 30 February.
  Optional<Instant> next(Instant after);

  /// The last time in (after, until]; empty when there is none.
  Optional<Instant> latest(Instant after, Instant until);

  /// @param schedule five fields, `@hourly` and its like, or `@every` with a duration
  /// @throws CronFormatException with the reason
  static CronSchedule parse(String schedule, ZoneId zone) {
    String text = schedule.strip();
    if (text.isEmpty()) {
      throw new CronFormatException("empty spec string");
    }
    if (text.startsWith("@every ")) {
      return every(text);
    }
    String fields =
        switch (text) {
          case "@yearly", "@annually" -> "0 0 1 1 *";
          case "@monthly" -> "0 0 1 * *";
          case "@weekly" -> "0 0 * * 0";
          case "@daily", "@midnight" -> "0 0 * * *";
          case "@hourly" -> "0 * * * *";
          default -> text;
        };
    if (fields.startsWith("@")) {
      throw new CronFormatException("unrecognized descriptor: " + text);
    }
    return CronCalendar.parse(fields, zone);
  }

  private static CronSchedule every(String text) {
    String interval = text.substring("@every ".length());
    return GoDuration.parse(interval)
        .map(parsed -> new Every(Duration.ofSeconds(Math.max(1, parsed.toSeconds()))))
        .orElseThrow(() ->
            new CronFormatException(
                "failed to parse duration %s: time: invalid duration \"%s\""
                    .formatted(text, interval)));
  }

  /// @param interval whole seconds, at least one
  record Every(Duration interval) implements CronSchedule {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(after.plus(interval));
    }

    @Override
    public Optional<Instant> latest(Instant after, Instant until) {
      long times = Duration.between(after, until).dividedBy(interval);
      return times > 0 ? Optional.of(after.plus(interval.multipliedBy(times))) : Optional.empty();
    }
  }
}

package dev.ebb.kinds.cron;

import dev.ebb.kinds.cron.CronField.Numbers;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Minutes of a calendar.
record CronCalendar(
    Numbers minutes, Numbers hours, Numbers days, Numbers months, Numbers weekdays, ZoneId zone)
    implements CronSchedule {
  /// Between 29 February of 2096 and of 2104 there is none.
  private static final int YEARS = 9;

  static CronCalendar parse(String text, ZoneId zone) {
    String[] fields = text.split("\\s+");
    if (fields.length != CronField.values().length) {
      throw new CronFormatException(
          "expected exactly %d fields, found %d: [%s]"
              .formatted(CronField.values().length, fields.length, String.join(" ", fields)));
    }
    return new CronCalendar(
        CronField.MINUTE.parse(fields[0]),
        CronField.HOUR.parse(fields[1]),
        CronField.DAY_OF_MONTH.parse(fields[2]),
        CronField.MONTH.parse(fields[3]),
        CronField.DAY_OF_WEEK.parse(fields[4]),
        zone);
  }

  /// Walks over months, days, hours and minutes that do not match. Hours and minutes are real time,
  /// which is why a day whose clock jumps needs no rule of its own.
  @Override
  public Optional<Instant> next(Instant after) {
    ZonedDateTime time =
        after.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES).atZone(zone);
    int lastYear = time.getYear() + YEARS;
    while (time.getYear() <= lastYear) {
      if (!months.has(time.getMonthValue())) {
        time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(zone);
      } else if (!isDay(time)) {
        time = time.toLocalDate().plusDays(1).atStartOfDay(zone);
      } else if (!hours.has(time.getHour())) {
        time = time.plusMinutes(60 - time.getMinute());
      } else if (!minutes.has(time.getMinute())) {
        time = time.plusMinutes(1);
      } else {
        return Optional.of(time.toInstant());
      }
    }
    return Optional.empty();
  }

  /// Looks back twice as far each time, so that a year of missed minutes is not walked through.
  @Override
  public Optional<Instant> latest(Instant after, Instant until) {
    Duration window = Duration.ofMinutes(1);
    while (true) {
      Instant start = until.minus(window);
      Instant from = start.isBefore(after) ? after : start;
      Optional<Instant> latest = Optional.empty();
      Optional<Instant> time = next(from);
      while (time.isPresent() && !time.get().isAfter(until)) {
        latest = time;
        time = next(time.get());
      }
      if (latest.isPresent() || !from.isAfter(after)) {
        return latest;
      }
      window = window.multipliedBy(2);
    }
  }

  private boolean isDay(ZonedDateTime time) {
    boolean day = days.has(time.getDayOfMonth());
    boolean weekday = weekdays.has(time.getDayOfWeek().getValue() % DayOfWeek.values().length);
    return (days.any() || weekdays.any()) ? day && weekday : day || weekday;
  }
}

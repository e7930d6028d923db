package dev.ebb.dialects.openfaas.cron;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which calls of a function are due now. Pure.
///
/// Each schedule counts for itself, from the moment when it is first seen: a new one calls for
/// nothing that is past. Of the times that nobody met, as while the server was down, the last one
/// is met, if it is not older than the deadline.
///
/// @param due in the order of the schedules
/// @param missed what is too late
/// @param met for each schedule the time up to which everything is done, when `due` is
/// @param next when to look again; empty when no time comes
record CronPlan(
    List<Time> due, List<Time> missed, Map<String, Instant> met, Optional<Instant> next) {
  /// A clock that is set back by more was wrong before: what it met does not count.
  private static final Duration LEAP = Duration.ofHours(1);

  /// @param schedule its text
  record Time(String schedule, Instant at) {}

  CronPlan {
    due = List.copyOf(due);
    missed = List.copyOf(missed);
    met = Map.copyOf(met);
  }

  /// @param met of the last look, by the text of the schedule
  static CronPlan of(FunctionSchedules schedules, Map<String, Instant> met, Instant now) {
    List<Time> due = new ArrayList<>();
    List<Time> missed = new ArrayList<>();
    Map<String, Instant> metNow = new LinkedHashMap<>();
    List<Instant> next = new ArrayList<>();
    schedules
        .readable()
        .forEach((text, schedule) -> {
          Instant from = met.get(text);
          if (from == null || from.isAfter(now.plus(LEAP))) {
            from = now.truncatedTo(ChronoUnit.SECONDS);
          }
          Optional<Instant> latest = schedule.latest(from, now);
          latest.ifPresent(at -> {
            boolean late =
                schedules.deadline().filter(limit -> at.isBefore(now.minus(limit))).isPresent();
            (late ? missed : due).add(new Time(text, at));
          });
          Instant done = latest.orElse(from);
          metNow.put(text, done);
          schedule.next(done).ifPresent(next::add);
        });
    return new CronPlan(due, missed, metNow, next.stream().min(Instant::compareTo));
  }
}

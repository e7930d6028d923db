package dev.ebb.dialects.openfaas.cron;

import dev.ebb.kinds.cron.CronFormatException;
import dev.ebb.kinds.cron.CronSchedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// When a function wants to be called, by its annotations. Pure.
///
/// `topic` has `cron-function` among its names, separated by commas. `schedule` has expressions of
/// cron, separated by semicolons, each of them as the parser of OpenFaaS's connector takes it: five
/// fields, `@hourly` and its like or `@every`, after `TZ=ZONE` or `CRON_TZ=ZONE` where the times
/// are not those of UTC.
///
/// @param readable by their text, in the order in which they were written
/// @param problems sentences about what cannot be read
/// @param deadline how late a call may be made; empty for any time
/// @see <a href="https://docs.openfaas.com/reference/cron/">Scheduling function runs</a>
public record FunctionSchedules(
    Map<String, CronSchedule> readable, List<String> problems, Optional<Duration> deadline) {
  private static final String TOPIC = "topic";
  private static final String CRON = "cron-function";
  private static final String SCHEDULE = "schedule";

  /// As `startingDeadlineSeconds` of a CronJob.
  static final String DEADLINE = "openfaas.ebb.dev/starting-deadline-seconds";

  private static final List<String> ZONES = List.of("TZ=", "CRON_TZ=");

  public FunctionSchedules {
    readable = Collections.unmodifiableMap(new LinkedHashMap<>(readable));
    problems = List.copyOf(problems);
  }

  /// @return empty for a function that no clock calls
  public static Optional<FunctionSchedules> of(Map<String, String> annotations) {
    boolean isCalled =
        List.of(annotations.getOrDefault(TOPIC, "").split(",")).stream()
            .anyMatch(topic -> topic.strip().equals(CRON));
    return isCalled ? Optional.of(read(annotations)) : Optional.empty();
  }

  private static FunctionSchedules read(Map<String, String> annotations) {
    Map<String, CronSchedule> readable = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String part : annotations.getOrDefault(SCHEDULE, "").split(";")) {
      String text = part.strip();
      if (!text.isEmpty()) {
        try {
          readable.put(text, parse(text));
        } catch (CronFormatException | DateTimeException e) {
          problems.add("%s: \"%s\": %s".formatted(SCHEDULE, text, e.getMessage()));
        }
      }
    }
    if (readable.isEmpty() && problems.isEmpty()) {
      problems.add(
          "%s: is required with the topic %s, such as \"*/5 * * * *\"".formatted(SCHEDULE, CRON));
    }
    String deadline = annotations.getOrDefault(DEADLINE, "");
    if (!deadline.matches("[0-9]{0,9}")) {
      problems.add("%s: \"%s\" is no number of seconds".formatted(DEADLINE, deadline));
    }
    return new FunctionSchedules(
        readable,
        problems,
        deadline.matches("[0-9]{1,9}")
            ? Optional.of(Duration.ofSeconds(Long.parseLong(deadline)))
            : Optional.empty());
  }

  private static CronSchedule parse(String text) {
    for (String prefix : ZONES) {
      if (text.startsWith(prefix)) {
        String[] parts = text.substring(prefix.length()).split("\\s+", 2);
        return CronSchedule.parse(parts.length > 1 ? parts[1] : "", zone(parts[0]));
      }
    }
    return CronSchedule.parse(text, ZoneOffset.UTC);
  }

  private static ZoneId zone(String name) {
    // Java knows more forms, such as "+02:00", that no other reader of the schedule does.
    if (name.isEmpty() || name.equals("UTC")) {
      return ZoneOffset.UTC;
    }
    if (!ZoneId.getAvailableZoneIds().contains(name)) {
      throw new DateTimeException("unknown time zone " + name);
    }
    return ZoneId.of(name);
  }
}

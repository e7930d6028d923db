package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.cron.CronFormatException;
import dev.ebb.kinds.cron.CronSchedule;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// CronJobs: a schedule in five fields, and a Job.
final class CronJobRules extends SpecRules {
  static final CronJobRules RULES = new CronJobRules();

  /// The names of its Jobs have eleven characters more, and must be labels.
  private static final int MAX_NAME = 52;

  private CronJobRules() {}

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    if (spec.path("jobTemplate").path("spec") instanceof ObjectNode job) {
      PodSpecDefaults.apply(job.path("template").path("spec"));
    }
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    if (object.name().length() > MAX_NAME) {
      errors.add(
          FieldError.invalid(
              "metadata.name",
              object.name(),
              "must be no more than %d characters".formatted(MAX_NAME)));
    }
    String schedule = spec.path("schedule").asString("");
    if (schedule.isEmpty()) {
      errors.add(FieldError.required("spec.schedule", REQUIRED));
    } else if (schedule.contains("TZ=")) {
      errors.add(
          FieldError.invalid(
              "spec.schedule",
              schedule,
              "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
    } else {
      unreadable(schedule)
          .ifPresent(reason -> errors.add(FieldError.invalid("spec.schedule", schedule, reason)));
    }
    String zone = spec.path("timeZone").asString("");
    if (spec.has("timeZone") && !isZone(zone)) {
      errors.add(FieldError.invalid("spec.timeZone", zone, "unknown time zone " + zone));
    }
    notNegative(spec, "successfulJobsHistoryLimit", errors);
    notNegative(spec, "failedJobsHistoryLimit", errors);
    notNegative(spec, "startingDeadlineSeconds", errors);
    JobRules.spec("spec.jobTemplate.spec", spec.path("jobTemplate").path("spec"), errors);
  }

  private static Optional<String> unreadable(String schedule) {
    try {
      CronSchedule.parse(schedule, ZoneOffset.UTC);
      return Optional.empty();
    } catch (CronFormatException wrong) {
      return Optional.of(Objects.requireNonNull(wrong.getMessage()));
    }
  }

  private static boolean isZone(String name) {
    try {
      return !name.equalsIgnoreCase("local") && ZoneId.of(name).getId().equals(name);
    } catch (DateTimeException unknown) {
      return false;
    }
  }
}

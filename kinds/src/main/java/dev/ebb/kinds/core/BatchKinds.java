package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import java.util.List;

/// Kinds of `batch`: stored and shown.
public final class BatchKinds {
  public static final KindDefinition JOB =
      define("batch/v1", "Job", "jobs")
          .categories("all")
          .columns(BatchColumns.JOB)
          .withStatus()
          .rules(JobRules.RULES)
          .build();

  public static final KindDefinition CRON_JOB =
      define("batch/v1", "CronJob", "cronjobs")
          .shortNames("cj")
          .categories("all")
          .columns(BatchColumns.CRON_JOB)
          .withStatus()
          .rules(CronJobRules.RULES)
          .build();

  public static final List<KindDefinition> ALL = List.of(JOB, CRON_JOB);

  private BatchKinds() {}
}

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

  public static final KindDefinition CRON_JOB_V1BETA1 =
      OldVersions.define("batch/v1beta1", CRON_JOB, "v1.21+", "v1.25+")
          .rules(CronJobRules.RULES)
          .build();

  public static final List<KindDefinition> ALL = List.of(JOB, CRON_JOB, CRON_JOB_V1BETA1);

  private BatchKinds() {}
}

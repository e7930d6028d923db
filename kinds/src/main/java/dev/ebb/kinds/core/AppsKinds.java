package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import java.util.List;

/// Kinds of `apps/v1`: of users, and mirrored from the instances of revisions.
public final class AppsKinds {
  public static final KindDefinition DEPLOYMENT =
      define("apps/v1", "Deployment", "deployments")
          .shortNames("deploy")
          .categories("all")
          .columns(WorkloadColumns.DEPLOYMENT)
          .withStatus()
          .rules(WorkloadRules.DEPLOYMENT)
          .build();

  public static final KindDefinition REPLICA_SET =
      define("apps/v1", "ReplicaSet", "replicasets")
          .shortNames("rs")
          .categories("all")
          .columns(WorkloadColumns.REPLICA_SET)
          .withStatus()
          .rules(WorkloadRules.RULES)
          .build();

  public static final KindDefinition STATEFUL_SET =
      define("apps/v1", "StatefulSet", "statefulsets")
          .shortNames("sts")
          .categories("all")
          .columns(WorkloadColumns.STATEFUL_SET)
          .withStatus()
          .rules(WorkloadRules.STATEFUL_SET)
          .build();

  public static final KindDefinition DAEMON_SET =
      define("apps/v1", "DaemonSet", "daemonsets")
          .shortNames("ds")
          .categories("all")
          .columns(WorkloadColumns.DAEMON_SET)
          .withStatus()
          .rules(WorkloadRules.DAEMON_SET)
          .build();

  public static final KindDefinition CONTROLLER_REVISION =
      define("apps/v1", "ControllerRevision", "controllerrevisions")
          .columns(WorkloadColumns.CONTROLLER_REVISION)
          .generation(Generation.NEVER)
          .rules(FrozenFields.invalid("data"))
          .build();

  public static final List<KindDefinition> ALL =
      List.of(
          DEPLOYMENT,
          REPLICA_SET,
          STATEFUL_SET,
          DAEMON_SET,
          CONTROLLER_REVISION,
          old("apps/v1beta1", DEPLOYMENT),
          old("apps/v1beta1", STATEFUL_SET),
          old("apps/v1beta2", DEPLOYMENT),
          old("apps/v1beta2", REPLICA_SET),
          old("apps/v1beta2", STATEFUL_SET),
          old("apps/v1beta2", DAEMON_SET));

  /// Group `extensions`, from which they came.
  public static final List<KindDefinition> EXTENSIONS =
      List.of(
          old("extensions/v1beta1", DEPLOYMENT),
          old("extensions/v1beta1", REPLICA_SET),
          old("extensions/v1beta1", DAEMON_SET));

  private AppsKinds() {}

  private static KindDefinition old(String apiVersion, KindDefinition present) {
    return OldVersions.define(apiVersion, present, OldWorkload.CONVERSION, "v1.9+", "v1.16+")
        .build();
  }
}

package dev.ebb.kinds.core;

import static dev.ebb.kinds.KindDefinition.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.Schema;
import java.util.List;

/// Kinds of `apps/v1`: of users, and mirrored from the instances of revisions.
public final class AppsKinds {
  public static final KindDefinition DEPLOYMENT =
      define("apps/v1", "Deployment", "deployments", Schema.lazy(CoreSchemas::deployment))
          .shortNames("deploy")
          .categories("all")
          .columns(WorkloadColumns.DEPLOYMENT)
          .withStatus()
          .strategicMergePatch()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition REPLICA_SET =
      define("apps/v1", "ReplicaSet", "replicasets", Schema.lazy(CoreSchemas::replicaSet))
          .shortNames("rs")
          .categories("all")
          .columns(WorkloadColumns.REPLICA_SET)
          .withStatus()
          .strategicMergePatch()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL = List.of(DEPLOYMENT, REPLICA_SET);

  private AppsKinds() {}
}

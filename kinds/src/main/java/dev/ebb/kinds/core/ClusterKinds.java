package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.api.ApiKinds.define;
import static dev.ebb.kinds.core.Columns.number;
import static dev.ebb.kinds.core.Columns.shown;
import static dev.ebb.kinds.core.Columns.text;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import java.util.List;

/// Nodes, quotas and limits of the core group, and the groups that say how Pods are placed and
/// requests shared out: stored and shown.
public final class ClusterKinds {
  /// As kinds without columns of their own show it.
  private static final PrinterColumn CREATED_AT =
      new PrinterColumn("Created At", "string", ".metadata.creationTimestamp", "", 0);

  public static final KindDefinition NODE =
      define("v1", "Node", "nodes")
          .clusterScoped()
          .shortNames("no")
          .columns(NodeColumns.ALL)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition RESOURCE_QUOTA =
      define("v1", "ResourceQuota", "resourcequotas")
          .shortNames("quota")
          .columns(QuotaColumns.ALL)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition LIMIT_RANGE =
      define("v1", "LimitRange", "limitranges")
          .shortNames("limits")
          .columns(CREATED_AT)
          .generation(Generation.NEVER)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition PRIORITY_CLASS =
      define("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses")
          .clusterScoped()
          .shortNames("pc")
          .columns(
              number("Value", "value"),
              shown("Global-Default", "globalDefault", "false"),
              text("PreemptionPolicy", "preemptionPolicy", ""),
              AGE)
          .generation(Generation.ALWAYS)
          .rules(
              FrozenFields.forbidden(
                  "may not be changed in an update.", "value", "preemptionPolicy"))
          .build();

  public static final KindDefinition RUNTIME_CLASS =
      define("node.k8s.io/v1", "RuntimeClass", "runtimeclasses")
          .clusterScoped()
          .columns(text("Handler", "handler", ""), AGE)
          .rules(FrozenFields.invalid("handler"))
          .build();

  public static final KindDefinition FLOW_SCHEMA =
      define("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "flowschemas")
          .clusterScoped()
          .columns(
              text("PriorityLevel", "spec.priorityLevelConfiguration.name", ""),
              number("MatchingPrecedence", "spec.matchingPrecedence"),
              text("DistinguisherMethod", "spec.distinguisherMethod.type", Columns.NONE),
              AGE)
          .withStatus()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition PRIORITY_LEVEL =
      define(
              "flowcontrol.apiserver.k8s.io/v1",
              "PriorityLevelConfiguration",
              "prioritylevelconfigurations")
          .clusterScoped()
          .columns(
              text("Type", "spec.type", ""),
              shown(
                  "NominalConcurrencyShares",
                  "spec.limited.nominalConcurrencyShares",
                  Columns.NONE),
              AGE)
          .withStatus()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  /// Of the core group.
  public static final List<KindDefinition> CORE = List.of(NODE, RESOURCE_QUOTA, LIMIT_RANGE);

  public static final List<KindDefinition> ALL =
      List.of(PRIORITY_CLASS, RUNTIME_CLASS, FLOW_SCHEMA, PRIORITY_LEVEL);

  private ClusterKinds() {}
}

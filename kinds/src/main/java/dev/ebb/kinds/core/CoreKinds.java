package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import java.util.List;

/// Kinds of the core group, `v1`.
public final class CoreKinds {
  public static final KindDefinition NAMESPACE =
      define("v1", "Namespace", "namespaces")
          .clusterScoped()
          .shortNames("ns")
          .columns(
              new PrinterColumn("Status", "string", ".status.phase", "Active or Terminating.", 0),
              AGE)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(NamespaceRules.RULES)
          .build();

  public static final KindDefinition SECRET =
      define("v1", "Secret", "secrets")
          .columns(
              new PrinterColumn("Type", "string", ".type", "What the secret is for.", 0),
              DataColumns.DATA,
              AGE)
          .rules(SecretRules.RULES)
          .build();

  public static final KindDefinition CONFIG_MAP =
      define("v1", "ConfigMap", "configmaps")
          .shortNames("cm")
          .columns(DataColumns.DATA, AGE)
          .rules(ConfigMapRules.RULES)
          .build();

  public static final KindDefinition SERVICE_ACCOUNT =
      define("v1", "ServiceAccount", "serviceaccounts")
          .shortNames("sa")
          .columns(DataColumns.SECRETS, AGE)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition POD =
      define("v1", "Pod", "pods")
          .shortNames("po")
          .categories("all")
          .columns(PodColumns.ALL)
          .withStatus()
          .rules(PodRules.RULES)
          .build();

  public static final KindDefinition SERVICE =
      define("v1", "Service", "services")
          .shortNames("svc")
          .categories("all")
          .columns(ServiceColumns.ALL)
          .withStatus()
          .generation(Generation.NEVER)
          .rules(ServiceRules.RULES)
          .build();

  public static final KindDefinition ENDPOINTS =
      define("v1", "Endpoints", "endpoints")
          .shortNames("ep")
          .columns(ServiceColumns.ENDPOINTS, AGE)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition EVENT =
      define("v1", "Event", "events")
          .shortNames("ev")
          .columns(EventColumns.ALL)
          .ephemeral()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition REPLICATION_CONTROLLER =
      define("v1", "ReplicationController", "replicationcontrollers")
          .shortNames("rc")
          .categories("all")
          .columns(WorkloadColumns.REPLICATION_CONTROLLER)
          .withStatus()
          .rules(ReplicationControllerRules.RULES)
          .build();

  public static final KindDefinition POD_TEMPLATE =
      define("v1", "PodTemplate", "podtemplates")
          .columns(WorkloadColumns.POD_TEMPLATE)
          .generation(Generation.ALWAYS)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(
          NAMESPACE,
          SECRET,
          CONFIG_MAP,
          SERVICE_ACCOUNT,
          POD,
          SERVICE,
          ENDPOINTS,
          EVENT,
          REPLICATION_CONTROLLER,
          POD_TEMPLATE);

  private CoreKinds() {}
}

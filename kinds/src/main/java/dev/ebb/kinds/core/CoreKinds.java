package dev.ebb.kinds.core;

import static dev.ebb.kinds.KindDefinition.define;
import static dev.ebb.kinds.PrinterColumn.AGE;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;

/// Kinds of the core group, `v1`.
public final class CoreKinds {
  public static final KindDefinition NAMESPACE =
      define("v1", "Namespace", "namespaces", Schema.lazy(CoreSchemas::namespace))
          .clusterScoped()
          .shortNames("ns")
          .columns(
              new PrinterColumn("Status", "string", ".status.phase", "Active or Terminating.", 0),
              AGE)
          .withStatus()
          .strategicMergePatch()
          .rules(NamespaceRules.RULES)
          .build();

  public static final KindDefinition SECRET =
      define("v1", "Secret", "secrets", Schema.lazy(CoreSchemas::secret))
          .columns(
              new PrinterColumn("Type", "string", ".type", "What the secret is for.", 0),
              DataColumns.DATA,
              AGE)
          .strategicMergePatch()
          .rules(SecretRules.RULES)
          .build();

  public static final KindDefinition CONFIG_MAP =
      define("v1", "ConfigMap", "configmaps", Schema.lazy(CoreSchemas::configMap))
          .shortNames("cm")
          .columns(DataColumns.DATA, AGE)
          .strategicMergePatch()
          .rules(ConfigMapRules.RULES)
          .build();

  public static final KindDefinition SERVICE_ACCOUNT =
      define("v1", "ServiceAccount", "serviceaccounts", Schema.lazy(CoreSchemas::serviceAccount))
          .shortNames("sa")
          .columns(DataColumns.SECRETS, AGE)
          .strategicMergePatch()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition POD =
      define("v1", "Pod", "pods", Schema.lazy(CoreSchemas::pod))
          .shortNames("po")
          .categories("all")
          .columns(PodColumns.ALL)
          .withStatus()
          .strategicMergePatch()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition SERVICE =
      define("v1", "Service", "services", Schema.lazy(CoreSchemas::service))
          .shortNames("svc")
          .categories("all")
          .columns(ServiceColumns.ALL)
          .withStatus()
          .strategicMergePatch()
          .rules(ObjectMetaRules.DNS_1035)
          .build();

  public static final KindDefinition ENDPOINTS =
      define("v1", "Endpoints", "endpoints", Schema.lazy(CoreSchemas::endpoints))
          .shortNames("ep")
          .columns(ServiceColumns.ENDPOINTS, AGE)
          .strategicMergePatch()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition EVENT =
      define("v1", "Event", "events", Schema.lazy(CoreSchemas::event))
          .shortNames("ev")
          .columns(EventColumns.ALL)
          .strategicMergePatch()
          .ephemeral()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(NAMESPACE, SECRET, CONFIG_MAP, SERVICE_ACCOUNT, POD, SERVICE, ENDPOINTS, EVENT);

  private CoreKinds() {}
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Schema;
import java.util.List;

/// The kinds that give services domains of their own: a DomainMapping says which, a
/// ClusterDomainClaim keeps two namespaces from saying the same. Names and columns are those of
/// Knative's definitions.
public final class DomainKinds {
  public static final KindDefinition DOMAIN_MAPPING =
      KindDefinition.define(
              "serving.knative.dev/v1beta1",
              "DomainMapping",
              "domainmappings",
              Schema.lazy(DomainSchemas::domainMapping))
          .shortNames("dm")
          .categories("all", "knative", "serving")
          .columns(
              column("URL", ".status.url"),
              column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
              column("Reason", ".status.conditions[?(@.type=='Ready')].reason"))
          .withStatus()
          .rules(DomainMappingRules.RULES)
          .build();

  public static final KindDefinition CLUSTER_DOMAIN_CLAIM =
      KindDefinition.define(
              "networking.internal.knative.dev/v1alpha1",
              "ClusterDomainClaim",
              "clusterdomainclaims",
              Schema.lazy(DomainSchemas::clusterDomainClaim))
          .shortNames("cdc")
          .categories("knative-internal", "networking")
          .clusterScoped()
          .withStatus()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL = List.of(DOMAIN_MAPPING, CLUSTER_DOMAIN_CLAIM);

  private DomainKinds() {}

  private static PrinterColumn column(String name, String jsonPath) {
    return new PrinterColumn(name, "string", jsonPath, "", 0);
  }
}

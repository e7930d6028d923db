package dev.ebb.kinds.core;

import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindDefinition.Generation;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.api.ApiTypes;
import java.util.List;

/// Kinds of `networking.k8s.io`, `discovery.k8s.io` and `coordination.k8s.io`: stored and shown.
public final class NetworkKinds {
  private static final String NETWORKING = "networking.k8s.io/v1";

  public static final KindDefinition INGRESS =
      define(NETWORKING, "Ingress", "ingresses")
          .shortNames("ing")
          .columns(NetworkColumns.INGRESS)
          .withStatus()
          .rules(IngressRules.RULES)
          .build();

  public static final KindDefinition INGRESS_V1BETA1 =
      oldIngress("networking.k8s.io/v1beta1", "v1.19+");

  /// Group `extensions`, from which it came.
  public static final KindDefinition INGRESS_EXTENSIONS =
      oldIngress("extensions/v1beta1", "v1.14+");

  public static final KindDefinition INGRESS_CLASS =
      define(NETWORKING, "IngressClass", "ingressclasses")
          .clusterScoped()
          .columns(NetworkColumns.INGRESS_CLASS)
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition NETWORK_POLICY =
      define(NETWORKING, "NetworkPolicy", "networkpolicies")
          .shortNames("netpol")
          .columns(NetworkColumns.NETWORK_POLICY)
          .rules(NetworkPolicyRules.RULES)
          .build();

  public static final KindDefinition IP_ADDRESS =
      define(NETWORKING, "IPAddress", "ipaddresses")
          .clusterScoped()
          .shortNames("ip")
          .columns(NetworkColumns.IP_ADDRESS)
          .build();

  public static final KindDefinition SERVICE_CIDR =
      define(NETWORKING, "ServiceCIDR", "servicecidrs")
          .clusterScoped()
          .columns(NetworkColumns.SERVICE_CIDR)
          .withStatus()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final KindDefinition ENDPOINT_SLICE =
      define("discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
          .columns(NetworkColumns.ENDPOINT_SLICE)
          .generation(Generation.ALWAYS)
          .ephemeral()
          .rules(FrozenFields.invalid("addressType"))
          .build();

  public static final KindDefinition LEASE =
      define("coordination.k8s.io/v1", "Lease", "leases")
          .columns(Columns.text("Holder", "spec.holderIdentity", ""), PrinterColumn.AGE)
          .generation(Generation.NEVER)
          .ephemeral()
          .rules(ObjectMetaRules.SUBDOMAIN)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(
          INGRESS,
          INGRESS_V1BETA1,
          INGRESS_CLASS,
          NETWORK_POLICY,
          IP_ADDRESS,
          SERVICE_CIDR,
          ENDPOINT_SLICE,
          LEASE);

  private NetworkKinds() {}

  private static KindDefinition oldIngress(String apiVersion, String since) {
    return KindDefinition.define(
            apiVersion,
            "Ingress",
            "ingresses",
            ApiTypes.KUBERNETES.schema("networking.k8s.io/v1beta1", "Ingress"))
        .strategicMergePatch()
        .columns(NetworkColumns.INGRESS)
        .withStatus()
        .storedIn("networking.k8s.io/v1", IngressV1beta1.CONVERSION)
        .deprecated(OldVersions.warning(apiVersion, INGRESS, since, "v1.22+"))
        .build();
  }
}

package dev.ebb.kinds.serving;

import static dev.ebb.kinds.MetaSchemas.conditions;
import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.SchemaBuilder;
import tools.jackson.databind.node.ObjectNode;

/// Schemas of DomainMapping and ClusterDomainClaim: the fields of Knative's own
/// CustomResourceDefinitions.
final class DomainSchemas {
  private DomainSchemas() {}

  static ObjectNode domainMapping() {
    return kind("A domain of one's own, its name, for something that has an address.")
        .field(
            "spec",
            object()
                .required("ref", reference())
                .field(
                    "tls",
                    object()
                        .doc("A certificate that is there already.")
                        .required("secretName", string().doc("The Secret that holds it."))))
        .field(
            "status",
            object()
                .field("observedGeneration", int64().doc("The generation that this tells about."))
                .field("conditions", conditions())
                .field("annotations", mapOf(string()))
                .field("url", string().doc("Where requests go."))
                .field("address", address()))
        .build();
  }

  static ObjectNode clusterDomainClaim() {
    return kind("The right of one namespace to map the domain that the claim is named after.")
        .field(
            "spec",
            object().required("namespace", string().doc("The namespace that may map the domain.")))
        .build();
  }

  private static SchemaBuilder reference() {
    return object()
        .doc("What gets the requests: a Knative Service or Route, or a core Service.")
        .field("address", string().doc("Which of its addresses."))
        .field("apiVersion", string().doc("Group and version of its kind."))
        .field("group", string().doc("The group alone; not in use."))
        .required("kind", string().doc("Its kind."))
        .required("name", string().doc("Its name."))
        .field("namespace", string().doc("Its namespace: that of the mapping."));
  }

  private static SchemaBuilder address() {
    return object()
        .doc("Where events go.")
        .field("url", string())
        .field("name", string())
        .field("CACerts", string())
        .field("audience", string());
  }
}

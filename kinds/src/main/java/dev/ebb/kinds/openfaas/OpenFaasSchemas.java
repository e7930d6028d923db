package dev.ebb.kinds.openfaas;

import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.dateTime;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.SchemaBuilder;
import dev.ebb.kinds.core.PodSchemas;
import tools.jackson.databind.node.ObjectNode;

/// The schemas of `openfaas.com/v1`.
final class OpenFaasSchemas {
  private OpenFaasSchemas() {}

  static ObjectNode function() {
    return kind("An image that answers HTTP: becomes a Knative Service of the same name.")
        .required("spec", functionSpec())
        .field("status", functionStatus())
        .build();
  }

  private static SchemaBuilder functionSpec() {
    return object()
        .required("name", string().doc("The name of the function: that of the object."))
        .required("image", string().doc("What runs, with port 8080."))
        .field("handler", string().doc("The watchdog's fprocess; the image's when left out."))
        .field("annotations", mapOf(string()).doc("Of the function."))
        .field("labels", mapOf(string()).doc("Of the function; they say how it is scaled."))
        .field("environment", mapOf(string()).doc("Variables."))
        .field("constraints", listOf(string()).doc("Where to run; kept, there is one machine."))
        .field("secrets", listOf(string()).doc("Secrets, as files in /var/openfaas/secrets."))
        .field("limits", resources().doc("What it may use."))
        .field("requests", resources().doc("What it needs."))
        .field("readOnlyRootFilesystem", bool().doc("Leaves only /tmp to write to."));
  }

  private static SchemaBuilder resources() {
    return object()
        .field("memory", string().doc("Such as 128Mi."))
        .field("cpu", string().doc("Such as 100m."));
  }

  private static SchemaBuilder functionStatus() {
    return object()
        .field("observedGeneration", int64().doc("The generation that this tells about."))
        .field("conditions", listOf(condition()).mergedBy("type"))
        .field("replicas", int32().doc("Instances that are wanted."))
        .field("availableReplicas", int32().doc("Instances that take requests."))
        .field("unavailableReplicas", int32().doc("Instances that are wanted and not there yet."))
        .field(
            "profiles",
            listOf(
                    object()
                        .required(
                            "profileRef",
                            object().field("name", string()).field("namespace", string()))
                        .required("observedGeneration", int64()))
                .doc("The Profiles that are applied."));
  }

  /// As Kubernetes has it in `metav1`, where a reason is required.
  private static SchemaBuilder condition() {
    return object()
        .required("type", string())
        .required("status", string().doc("True, False or Unknown."))
        .required("reason", string().doc("One CamelCase word for programs."))
        .required("message", string().doc("A sentence for people."))
        .required("lastTransitionTime", dateTime())
        .field("observedGeneration", int64());
  }

  static ObjectNode profile() {
    return kind("What Pods of functions have beside what OpenFaaS's API can say.")
        .required(
            "spec",
            object()
                .field("podSecurityContext", freeObject().doc("As a Pod's securityContext."))
                .field(
                    "resources",
                    object()
                        .field("limits", PodSchemas.quantities())
                        .field("requests", PodSchemas.quantities())
                        .field("claims", listOf(freeObject()))
                        .doc("Where the function itself says nothing."))
                .field("runtimeClassName", string())
                .field("dnsPolicy", string())
                .field("dnsConfig", freeObject())
                .field("tolerations", listOf(freeObject()).doc("Kept; there is one machine."))
                .field("affinity", freeObject().doc("Kept; there is one machine."))
                .field(
                    "topologySpreadConstraints",
                    listOf(freeObject()).doc("Kept; there is one machine."))
                .field("priorityClassName", string().doc("Kept; nothing is evicted."))
                .field("strategy", freeObject().doc("Kept; revisions take over when ready.")))
        .build();
  }
}

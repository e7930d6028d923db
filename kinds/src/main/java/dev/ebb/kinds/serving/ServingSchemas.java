package dev.ebb.kinds.serving;

import static dev.ebb.kinds.MetaSchemas.conditions;
import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.MetaSchemas.templateMeta;
import static dev.ebb.kinds.SchemaBuilder.bool;
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

/// Schemas of `serving.knative.dev/v1`: the fields of Knative's own CustomResourceDefinitions.
final class ServingSchemas {
  private ServingSchemas() {}

  static ObjectNode service() {
    return kind("A Route and a Configuration under one name: what most people deploy.")
        .field(
            "spec",
            object()
                .field("template", template())
                .field("traffic", listOf(trafficTarget()).doc("Who gets which part.")))
        .field("status", routeStatus(configurationStatus()))
        .build();
  }

  static ObjectNode configuration() {
    return kind("The wanted state of the latest Revision; each change makes a new one.")
        .field("spec", object().field("template", template()))
        .field("status", configurationStatus())
        .build();
  }

  static ObjectNode revision() {
    return kind("An unchanging snapshot of code and configuration that takes requests.")
        .field("spec", revisionSpec())
        .field(
            "status",
            status()
                .field("actualReplicas", int32().doc("Instances that are ready."))
                .field("desiredReplicas", int32().doc("Instances that are wanted."))
                .field("containerStatuses", imageDigests())
                .field("initContainerStatuses", imageDigests())
                .field("logUrl", string()))
        .build();
  }

  static ObjectNode route() {
    return kind("An address whose requests go to Revisions by percentages.")
        .field("spec", object().field("traffic", listOf(trafficTarget())))
        .field("status", routeStatus(status()))
        .build();
  }

  private static SchemaBuilder template() {
    return object()
        .doc("What the next Revision is made from.")
        .field("metadata", templateMeta())
        .field("spec", revisionSpec());
  }

  private static SchemaBuilder revisionSpec() {
    return object()
        .required("containers", listOf(PodSchemas.container()).doc("One of them has a port."))
        .field("containerConcurrency", int64().doc("Requests at once in an instance; 0: any."))
        .field("timeoutSeconds", int64().doc("The longest that a request may take."))
        .field("responseStartTimeoutSeconds", int64().doc("The longest wait for a first byte."))
        .field("idleTimeoutSeconds", int64().doc("The longest pause between bytes."))
        .field("volumes", PodSchemas.volumes())
        .field("imagePullSecrets", PodSchemas.imagePullSecrets())
        .field(
            "initContainers", listOf(PodSchemas.container()).doc("Run one after the other first."))
        .field("serviceAccountName", string())
        .field("automountServiceAccountToken", bool())
        .field("enableServiceLinks", bool())
        .field("affinity", freeObject())
        .field("dnsConfig", freeObject())
        .field("dnsPolicy", string())
        .field("hostAliases", listOf(freeObject()))
        .field("hostIPC", bool())
        .field("hostNetwork", bool())
        .field("hostPID", bool())
        .field("nodeSelector", mapOf(string()).atomic())
        .field("priorityClassName", string())
        .field("runtimeClassName", string())
        .field("schedulerName", string())
        .field("securityContext", freeObject())
        .field("shareProcessNamespace", bool())
        .field("tolerations", listOf(freeObject()))
        .field("topologySpreadConstraints", listOf(freeObject()));
  }

  private static SchemaBuilder trafficTarget() {
    return object()
        .field("revisionName", string().doc("A certain Revision."))
        .field("configurationName", string().doc("The latest Revision of a Configuration."))
        .field("latestRevision", bool().doc("Whether it follows the latest ready Revision."))
        .field("percent", int64().doc("Its part of the requests, 0 to 100."))
        .field("tag", string().doc("A name for an address of its own."))
        .field("url", string().doc("That address; only in a status."));
  }

  private static SchemaBuilder status() {
    return object()
        .field("observedGeneration", int64().doc("The generation that this tells about."))
        .field("conditions", conditions())
        .field("annotations", mapOf(string()));
  }

  private static SchemaBuilder configurationStatus() {
    return status()
        .field("latestCreatedRevisionName", string())
        .field("latestReadyRevisionName", string());
  }

  private static SchemaBuilder routeStatus(SchemaBuilder status) {
    return status
        .field("url", string().doc("Where requests go."))
        .field(
            "address",
            object()
                .field("url", string().doc("Where requests from inside go."))
                .field("name", string())
                .field("CACerts", string())
                .field("audience", string()))
        .field("traffic", listOf(trafficTarget()).doc("Who really gets which part."));
  }

  private static SchemaBuilder imageDigests() {
    return listOf(object().field("name", string()).field("imageDigest", string()));
  }
}

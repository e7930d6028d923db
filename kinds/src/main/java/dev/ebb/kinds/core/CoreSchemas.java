package dev.ebb.kinds.core;

import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.MetaSchemas.templateMeta;
import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.bytes;
import static dev.ebb.kinds.SchemaBuilder.dateTime;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.intOrString;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.SchemaBuilder;
import tools.jackson.databind.node.ObjectNode;

/// Schemas of the kinds of group "" and of `apps`.
final class CoreSchemas {
  private CoreSchemas() {}

  static ObjectNode namespace() {
    return kind("A scope of names.")
        .field("spec", object().field("finalizers", listOf(string()).atomic()))
        .field("status", object().field("phase", string()).field("conditions", conditions()))
        .build();
  }

  static ObjectNode secret() {
    return kind("Small confidential data: passwords, tokens, keys.")
        .field("type", string().doc("What it is for: Opaque, kubernetes.io/tls, ..."))
        .field("data", mapOf(bytes()).doc("Values in base64."))
        .field("stringData", mapOf(string()).doc("Values as text; written into data."))
        .field("immutable", bool().doc("Whether the data can never change again."))
        .build();
  }

  static ObjectNode configMap() {
    return kind("Configuration data.")
        .field("data", mapOf(string()).doc("Values as text."))
        .field("binaryData", mapOf(bytes()).doc("Values in base64."))
        .field("immutable", bool().doc("Whether the data can never change again."))
        .build();
  }

  static ObjectNode serviceAccount() {
    return kind("An identity for programs.")
        .field("secrets", listOf(freeObject()).mergedBy("name"))
        .field("imagePullSecrets", PodSchemas.imagePullSecrets())
        .field("automountServiceAccountToken", bool())
        .build();
  }

  static ObjectNode pod() {
    return kind("Containers that run together; here: one instance of a revision.")
        .field("spec", PodSchemas.podSpec())
        .field(
            "status",
            object()
                .preserveUnknownFields()
                .field("phase", string())
                .field("reason", string())
                .field("message", string())
                .field("podIP", string())
                .field("hostIP", string())
                .field("startTime", dateTime().nullable())
                .field("conditions", conditions())
                .field("containerStatuses", listOf(freeObject()).atomic()))
        .build();
  }

  static ObjectNode service() {
    return kind("A stable name and address for a set of Pods.")
        .field(
            "spec",
            object()
                .preserveUnknownFields()
                .field("type", string().defaultTo("ClusterIP"))
                .field("clusterIP", string())
                .field("externalName", string())
                .field("selector", mapOf(string()).atomic())
                .field(
                    "ports",
                    listOf(
                            object()
                                .preserveUnknownFields()
                                .field("name", string())
                                .required("port", int32().range(1, 65535))
                                .field("targetPort", intOrString())
                                .field("nodePort", int32())
                                .field("protocol", string().defaultTo("TCP")))
                        .mergedBy("port")))
        .field("status", freeObject())
        .build();
  }

  static ObjectNode endpoints() {
    SchemaBuilder addresses = listOf(freeObject()).atomic();
    return kind("The addresses behind a Service.")
        .field(
            "subsets",
            listOf(
                    object()
                        .field("addresses", addresses)
                        .field("notReadyAddresses", addresses)
                        .field(
                            "ports",
                            listOf(
                                    object()
                                        .preserveUnknownFields()
                                        .field("name", string())
                                        .required("port", int32()))
                                .atomic()))
                .atomic())
        .build();
  }

  static ObjectNode event() {
    return kind("Something that happened to an object.")
        .required("involvedObject", freeObject().doc("The object that it happened to."))
        .field("reason", string().doc("One CamelCase word for programs."))
        .field("message", string().doc("A sentence for people."))
        .field("source", object().field("component", string()).field("host", string()))
        .field("firstTimestamp", dateTime().nullable())
        .field("lastTimestamp", dateTime().nullable())
        .field("count", int32())
        .field("type", string().doc("Normal or Warning."))
        .field("eventTime", dateTime().nullable())
        .field("series", freeObject())
        .field("action", string())
        .field("related", freeObject())
        .field("reportingComponent", string())
        .field("reportingInstance", string())
        .build();
  }

  static ObjectNode deployment() {
    return kind("A number of equal Pods, replaced little by little when they change.")
        .field("spec", replicas().field("strategy", freeObject()))
        .field("status", workloadStatus())
        .build();
  }

  static ObjectNode replicaSet() {
    return kind("A number of equal Pods.")
        .field("spec", replicas())
        .field("status", workloadStatus())
        .build();
  }

  private static SchemaBuilder replicas() {
    return object()
        .preserveUnknownFields()
        .field("replicas", int32().atLeast(0).defaultTo(1))
        .required("selector", freeObject().doc("Which Pods belong to it."))
        .required(
            "template",
            object().field("metadata", templateMeta()).field("spec", PodSchemas.podSpec()));
  }

  private static SchemaBuilder workloadStatus() {
    return object()
        .preserveUnknownFields()
        .field("observedGeneration", int64())
        .field("replicas", int32())
        .field("updatedReplicas", int32())
        .field("readyReplicas", int32())
        .field("availableReplicas", int32())
        .field("conditions", conditions());
  }

  private static SchemaBuilder conditions() {
    return listOf(freeObject()).mergedBy("type");
  }
}

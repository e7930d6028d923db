package dev.ebb.kinds.core;

import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.intOrString;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.Quantity;
import dev.ebb.kinds.SchemaBuilder;

/// The parts of a Pod's specification that Pods, Deployments, Knative's revisions and functions
/// have in common.
public final class PodSchemas {
  private PodSchemas() {}

  public static SchemaBuilder container() {
    return object()
        .field("name", string().doc("Unique in the Pod."))
        .field("image", string().doc("What runs: an image reference."))
        .field("imagePullPolicy", string().doc("Always, Never or IfNotPresent."))
        .field("command", listOf(string()).atomic().doc("Instead of the image's entrypoint."))
        .field("args", listOf(string()).atomic().doc("Arguments of the entrypoint."))
        .field("workingDir", string().doc("Where the command starts."))
        .field("env", environment())
        .field("envFrom", environmentSources())
        .field("ports", ports())
        .field("resources", resources())
        .field("livenessProbe", probe().doc("The container is restarted when this fails."))
        .field("readinessProbe", probe().doc("Requests come only while this succeeds."))
        .field("startupProbe", probe().doc("The other probes wait for this one."))
        .field("securityContext", securityContext())
        .field("terminationMessagePath", string())
        .field("terminationMessagePolicy", string())
        .field("volumeMounts", volumeMounts());
  }

  public static SchemaBuilder environment() {
    return listOf(
            object()
                .required("name", string().doc("The variable's name."))
                .field("value", string().doc("Its value; $(VAR) refers to earlier variables."))
                .field(
                    "valueFrom",
                    object()
                        .doc("Where its value comes from.")
                        .field("secretKeyRef", keyReference())
                        .field("configMapKeyRef", keyReference())
                        .field("fieldRef", freeObject().atomic())
                        .field("resourceFieldRef", freeObject().atomic())))
        .keyedBy("name")
        .doc("Environment variables.");
  }

  private static SchemaBuilder keyReference() {
    return object()
        .required("key", string().doc("A key of its data."))
        .field("name", string().defaultTo("").doc("The object's name, in the same namespace."))
        .field("optional", bool().doc("Whether it may be missing."))
        .atomic();
  }

  public static SchemaBuilder environmentSources() {
    SchemaBuilder reference =
        object().field("name", string().defaultTo("")).field("optional", bool()).atomic();
    return listOf(
            object()
                .field("prefix", string().doc("Put before each key."))
                .field("configMapRef", reference)
                .field("secretRef", reference))
        .atomic()
        .doc("All keys of Secrets and ConfigMaps as variables.");
  }

  private static SchemaBuilder ports() {
    return listOf(
            object()
                .field("containerPort", int32().doc("1 to 65535."))
                .field("name", string().doc("h2c for HTTP/2 without TLS, http1 or empty."))
                .field("protocol", string().defaultTo("TCP")))
        .mergedBy("containerPort")
        .doc("Where the container listens.");
  }

  public static SchemaBuilder resources() {
    return object()
        .doc("What the container needs and may use.")
        .field("limits", quantities().doc("The most that it may use."))
        .field("requests", quantities().doc("What is set aside for it."));
  }

  public static SchemaBuilder quantities() {
    return mapOf(intOrString().pattern(Quantity.PATTERN));
  }

  public static SchemaBuilder probe() {
    return object()
        .field("exec", object().field("command", listOf(string()).atomic()))
        .field("grpc", object().field("port", int32()).field("service", string().defaultTo("")))
        .field(
            "httpGet",
            object()
                .field("host", string())
                .field(
                    "httpHeaders",
                    listOf(object().required("name", string()).required("value", string()))
                        .atomic())
                .field("path", string())
                .field("port", intOrString())
                .field("scheme", string()))
        .field("tcpSocket", object().field("host", string()).field("port", intOrString()))
        .field("initialDelaySeconds", int32())
        .field("periodSeconds", int32())
        .field("timeoutSeconds", int32())
        .field("successThreshold", int32())
        .field("failureThreshold", int32());
  }

  private static SchemaBuilder securityContext() {
    return object()
        .doc("What the processes of the container may do.")
        .field("allowPrivilegeEscalation", bool())
        .field(
            "capabilities",
            object()
                .field("add", listOf(string()).atomic())
                .field("drop", listOf(string()).atomic()))
        .field("privileged", bool())
        .field("readOnlyRootFilesystem", bool())
        .field("runAsGroup", int64())
        .field("runAsNonRoot", bool())
        .field("runAsUser", int64())
        .field(
            "seccompProfile",
            object().field("localhostProfile", string()).required("type", string()));
  }

  private static SchemaBuilder volumeMounts() {
    return listOf(
            object()
                .required("mountPath", string())
                .field("mountPropagation", string())
                .required("name", string())
                .field("readOnly", bool())
                .field("subPath", string()))
        .keyedBy("mountPath");
  }

  public static SchemaBuilder imagePullSecrets() {
    return listOf(object().field("name", string().defaultTo("")).atomic()).keyedBy("name");
  }

  public static SchemaBuilder volumes() {
    return listOf(
            object()
                .required("name", string())
                .field("configMap", projected("name").field("optional", bool()).atomic())
                .field("secret", projected("secretName").field("optional", bool()))
                .field(
                    "projected",
                    object()
                        .field("defaultMode", int32())
                        .field("sources", listOf(projectedSource()).atomic()))
                .field("csi", freeObject())
                .field("emptyDir", freeObject())
                .field("ephemeral", freeObject())
                .field("hostPath", freeObject())
                .field("image", freeObject())
                .field("persistentVolumeClaim", freeObject()))
        .keyedBy("name");
  }

  private static SchemaBuilder projected(String nameField) {
    return object()
        .field(nameField, nameField.equals("name") ? string().defaultTo("") : string())
        .field("defaultMode", int32())
        .field("items", keysToPaths());
  }

  private static SchemaBuilder keysToPaths() {
    return listOf(
            object().required("key", string()).field("mode", int32()).required("path", string()))
        .atomic();
  }

  /// One source of a `projected` volume.
  private static SchemaBuilder projectedSource() {
    SchemaBuilder reference =
        object()
            .field("items", keysToPaths())
            .field("name", string().defaultTo(""))
            .field("optional", bool())
            .atomic();
    return object()
        .field("configMap", reference)
        .field("downwardAPI", object().field("items", listOf(downwardFile()).atomic()))
        .field("secret", reference)
        .field(
            "serviceAccountToken",
            object()
                .field("audience", string())
                .field("expirationSeconds", int64())
                .required("path", string()));
  }

  /// A file with a field of the Pod or the size of a resource.
  private static SchemaBuilder downwardFile() {
    return object()
        .field(
            "fieldRef",
            object().field("apiVersion", string()).required("fieldPath", string()).atomic())
        .field("mode", int32())
        .required("path", string())
        .field(
            "resourceFieldRef",
            object()
                .field("containerName", string())
                .field("divisor", intOrString().pattern(Quantity.PATTERN))
                .required("resource", string())
                .atomic());
  }
}

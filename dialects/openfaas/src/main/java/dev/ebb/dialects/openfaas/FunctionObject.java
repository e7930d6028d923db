package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A deployment in the fields of an `openfaas.com/v1` Function, and back. Pure.
final class FunctionObject {
  private FunctionObject() {}

  /// @throws Refusal 400 for what no function can be
  static FunctionDeployment deployment(KubernetesObject function) {
    JsonNode spec = function.spec();
    FunctionDeployment deployment =
        new FunctionDeployment(
            Json.text(spec, "name"),
            Json.text(spec, "image"),
            function.namespace(),
            Json.text(spec, "handler"),
            Json.strings(spec, "environment"),
            Json.list(spec, "constraints"),
            Json.list(spec, "secrets"),
            Json.strings(spec, "labels"),
            Json.strings(spec, "annotations"),
            Json.strings(spec, "limits"),
            Json.strings(spec, "requests"),
            spec.path("readOnlyRootFilesystem").asBoolean(false));
    deployment.requireComplete();
    return deployment;
  }

  static ObjectNode spec(FunctionDeployment deployment) {
    ObjectNode spec = Json.object();
    spec.put("name", deployment.service()).put("image", deployment.image());
    if (!deployment.envProcess().isEmpty()) {
      spec.put("handler", deployment.envProcess());
    }
    Json.put(spec, "annotations", deployment.annotations());
    Json.put(spec, "labels", deployment.labels());
    Json.put(spec, "environment", deployment.envVars());
    list(spec, "constraints", deployment.constraints());
    list(spec, "secrets", deployment.secrets());
    Json.put(spec, "limits", deployment.limits());
    Json.put(spec, "requests", deployment.requests());
    if (deployment.readOnlyRootFilesystem()) {
      spec.put("readOnlyRootFilesystem", true);
    }
    return spec;
  }

  /// Whether it is such a Function whose Service this is.
  static boolean isOwner(OwnerReference owner) {
    return owner.apiVersion().equals(OpenFaasKinds.API_VERSION)
        && owner.kind().equals(OpenFaasKinds.FUNCTION.type().kind());
  }

  private static void list(ObjectNode json, String field, List<String> values) {
    if (!values.isEmpty()) {
      ArrayNode list = json.putArray(field);
      values.forEach(list::add);
    }
  }
}

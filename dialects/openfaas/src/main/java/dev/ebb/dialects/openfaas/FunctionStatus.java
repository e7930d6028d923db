package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KubernetesObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A Service, whoever made it, as OpenFaaS shows a function. Pure.
final class FunctionStatus {
  private FunctionStatus() {}

  /// How a function does.
  ///
  /// @param invocations since the server began
  /// @param replicas wanted
  /// @param available that take requests
  record Now(long invocations, long replicas, long available) {}

  /// What all instances together use.
  ///
  /// @param cpu in thousandths of a processor
  record Usage(double cpu, double totalMemoryBytes) {}

  static ObjectNode of(KubernetesObject service, Now now) {
    JsonNode template = service.spec().path("template");
    JsonNode spec = template.path("spec");
    JsonNode container = spec.path("containers").path(0);
    ObjectNode json = Json.object();
    json.put("name", service.name());
    json.put("image", container.path("image").asString(""));
    json.put("namespace", service.namespace());
    environment(json, service, container.path("env"));
    Map<String, String> annotations = new LinkedHashMap<>(service.annotations());
    String constraints = annotations.remove(FunctionService.CONSTRAINTS);
    if (constraints != null) {
      ArrayNode list = json.putArray("constraints");
      constraints.lines().forEach(list::add);
    }
    secrets(json, spec);
    Map<String, String> labels = new LinkedHashMap<>(service.labels());
    labels.putIfAbsent(FunctionService.LABEL, service.name());
    json.putObject("labels");
    Json.put(json, "labels", only(labels, FunctionStatus::isUsers));
    json.putObject("annotations");
    Json.put(json, "annotations", only(annotations, FunctionStatus::isUsers));
    for (String field : new String[] {"limits", "requests"}) {
      JsonNode amounts = container.path("resources").path(field);
      if (!amounts.isEmpty()) {
        json.set(field, amounts.deepCopy());
      }
    }
    if (container.path("securityContext").path("readOnlyRootFilesystem").asBoolean(false)) {
      json.put("readOnlyRootFilesystem", true);
    }
    if (now.invocations() > 0) {
      json.put("invocationCount", (double) now.invocations());
    }
    if (now.replicas() > 0) {
      json.put("replicas", now.replicas());
    }
    if (now.available() > 0) {
      json.put("availableReplicas", now.available());
    }
    service.creationTimestamp().ifPresent(created -> json.put("createdAt", created.toString()));
    return json;
  }

  static void put(ObjectNode json, Usage usage) {
    json.putObject("usage")
        .put("cpu", usage.cpu())
        .put("totalMemoryBytes", usage.totalMemoryBytes());
  }

  private static void environment(ObjectNode json, KubernetesObject service, JsonNode env) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode variable : env) {
      // A value from elsewhere is nothing that this API can name.
      if (variable.has("value")) {
        variables.put(variable.path("name").asString(""), variable.path("value").asString(""));
      }
    }
    // What nobody asked for is not given back.
    FunctionService.ownName(service.name(), service.namespace()).forEach(variables::remove);
    String process = variables.remove(FunctionService.FPROCESS);
    if (process != null) {
      json.put("envProcess", process);
    }
    Json.put(json, "envVars", variables);
  }

  private static void secrets(ObjectNode json, JsonNode spec) {
    ArrayNode names = json.arrayNode();
    for (JsonNode volume : spec.path("volumes")) {
      for (JsonNode source : volume.path("projected").path("sources")) {
        if (source.has("secret")) {
          names.add(source.path("secret").path("name").asString(""));
        }
      }
    }
    for (JsonNode reference : spec.path("imagePullSecrets")) {
      names.add(reference.path("name").asString(""));
    }
    if (!names.isEmpty()) {
      json.set("secrets", names);
    }
  }

  private static boolean isUsers(String key) {
    String prefix = key.contains("/") ? key.substring(0, key.indexOf('/')) : "";
    return !prefix.equals("serving.knative.dev")
        && !prefix.endsWith(".ebb.dev")
        && !prefix.equals("kubectl.kubernetes.io");
  }

  private static Map<String, String> only(Map<String, String> all, Predicate<String> wanted) {
    Map<String, String> some = new LinkedHashMap<>(all);
    some.keySet().removeIf(wanted.negate());
    return some;
  }
}

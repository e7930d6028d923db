package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.EnvironmentVariable.AllOfConfigMap;
import dev.ebb.dataplane.EnvironmentVariable.AllOfSecret;
import dev.ebb.dataplane.EnvironmentVariable.ConfigMapKey;
import dev.ebb.dataplane.EnvironmentVariable.PodField;
import dev.ebb.dataplane.EnvironmentVariable.ResourceField;
import dev.ebb.dataplane.EnvironmentVariable.SecretKey;
import dev.ebb.dataplane.EnvironmentVariable.Value;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// `env` and `envFrom` of a container.
final class EnvironmentVariables {
  private EnvironmentVariables() {}

  static List<EnvironmentVariable> of(JsonNode container) {
    List<EnvironmentVariable> variables = new ArrayList<>();
    // A single variable wins over one from a source, so those come last.
    for (JsonNode source : container.path("envFrom")) {
      String prefix = Json.text(source, "prefix");
      JsonNode secret = source.path("secretRef");
      if (secret.isObject()) {
        variables.add(new AllOfSecret(prefix, Json.text(secret, "name"), optional(secret)));
      }
      JsonNode map = source.path("configMapRef");
      if (map.isObject()) {
        variables.add(new AllOfConfigMap(prefix, Json.text(map, "name"), optional(map)));
      }
    }
    container.path("env").forEach(variable -> variables.add(variable(variable)));
    return variables;
  }

  private static EnvironmentVariable variable(JsonNode variable) {
    String name = Json.text(variable, "name");
    JsonNode from = variable.path("valueFrom");
    JsonNode secret = from.path("secretKeyRef");
    JsonNode map = from.path("configMapKeyRef");
    if (secret.isObject()) {
      return new SecretKey(
          name, Json.text(secret, "name"), Json.text(secret, "key"), optional(secret));
    }
    if (map.isObject()) {
      return new ConfigMapKey(name, Json.text(map, "name"), Json.text(map, "key"), optional(map));
    }
    if (from.has("fieldRef")) {
      return field(name, from.path("fieldRef"));
    }
    return from.has("resourceFieldRef")
        ? resource(name, from.path("resourceFieldRef"))
        : new Value(name, Json.text(variable, "value"));
  }

  static PodField field(String name, JsonNode reference) {
    return new PodField(name, Json.text(reference, "fieldPath"));
  }

  static ResourceField resource(String name, JsonNode reference) {
    String divisor = Json.text(reference, "divisor");
    return new ResourceField(
        name,
        Json.text(reference, "containerName"),
        Json.text(reference, "resource"),
        divisor.equals("0") ? "" : divisor);
  }

  private static boolean optional(JsonNode reference) {
    return Json.flag(reference, "optional");
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a Secret of a certain type must hold. No message shows a value.
final class SecretTypes {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String ACCOUNT = "kubernetes.io/service-account.name";

  private SecretTypes() {}

  static List<FieldError> validate(KubernetesObject secret) {
    JsonNode data = secret.json().path("data");
    List<FieldError> errors = new ArrayList<>();
    switch (secret.json().path("type").asString("")) {
      case "kubernetes.io/service-account-token" -> {
        if (secret.annotations().getOrDefault(ACCOUNT, "").isEmpty()) {
          errors.add(
              FieldError.required("metadata.annotations[%s]".formatted(ACCOUNT), "Required value"));
        }
      }
      case "kubernetes.io/dockerconfigjson" -> docker(data, ".dockerconfigjson", errors);
      case "kubernetes.io/dockercfg" -> docker(data, ".dockercfg", errors);
      case "kubernetes.io/basic-auth" -> {
        if (!data.has("username") && !data.has("password")) {
          required("username", errors);
          required("password", errors);
        }
      }
      case "kubernetes.io/ssh-auth" -> {
        if (data.path("ssh-privatekey").asString("").isEmpty()) {
          required("ssh-privatekey", errors);
        }
      }
      case "kubernetes.io/tls" -> {
        for (String key : new String[] {"tls.crt", "tls.key"}) {
          if (!data.has(key)) {
            required(key, errors);
          }
        }
      }
      default -> {}
    }
    return errors;
  }

  private static void required(String key, List<FieldError> errors) {
    errors.add(FieldError.required("data[%s]".formatted(key), "Required value"));
  }

  private static void docker(JsonNode data, String key, List<FieldError> errors) {
    if (!data.has(key)) {
      required(key, errors);
    } else if (!isJson(data.path(key).asString(""))) {
      errors.add(
          FieldError.invalid(
              "data[%s]".formatted(key), "Invalid value: \"<secret contents redacted>\": no JSON"));
    }
  }

  private static boolean isJson(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8)).isObject();
    } catch (IllegalArgumentException | JacksonException broken) {
      return false;
    }
  }
}

package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Resources;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Secrets that functions read as `/var/openfaas/secrets/NAME`: Kubernetes Secrets with one value
/// under their own name. Only those that were made for OpenFaaS are seen here; values never are.
final class FunctionSecrets {
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String OPENFAAS = "openfaas";

  private final Resources resources;

  FunctionSecrets(Resources resources) {
    this.resources = resources;
  }

  ArrayNode list(String namespace) {
    ArrayNode names = Json.object().arrayNode();
    for (KubernetesObject secret :
        resources
            .list(CoreKinds.SECRET, ListQuery.in(namespace).withLabels(MANAGED_BY + "=" + OPENFAAS))
            .items()) {
      names.addObject().put("name", secret.name()).put("namespace", namespace);
    }
    return names;
  }

  /// @throws Refusal 400, 409 when there is one of the name
  void create(String namespace, JsonNode body) {
    String name = name(body);
    try {
      resources.create(CoreKinds.SECRET, secret(namespace, name, body), Writes.OPTIONS);
    } catch (ApiException refused) {
      throw refused.isAlreadyExists()
          ? new Refusal(409, "secret %s already exists in namespace %s".formatted(name, namespace))
          : Writes.refusal(refused);
    }
  }

  /// @throws Refusal 400, 404
  void replace(String namespace, JsonNode body) {
    String name = name(body);
    find(namespace, name);
    try {
      resources.update(CoreKinds.SECRET, secret(namespace, name, body), Writes.OPTIONS);
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  /// @throws Refusal 400, 404
  void delete(String namespace, JsonNode body) {
    KubernetesObject secret = find(namespace, name(body));
    try {
      resources.delete(CoreKinds.SECRET, secret.key(), DeleteOptions.background());
    } catch (ApiException refused) {
      throw Writes.refusal(refused);
    }
  }

  private KubernetesObject find(String namespace, String name) {
    return resources
        .find(CoreKinds.SECRET, new ObjectKey(namespace, name))
        .filter(secret -> OPENFAAS.equals(secret.labels().get(MANAGED_BY)))
        .orElseThrow(() ->
            Refusal.notFound("secret %s not found in namespace %s".formatted(name, namespace)));
  }

  private static String name(JsonNode body) {
    String name = Json.text(body, "name");
    if (name.isEmpty()) {
      throw Refusal.badRequest("name is required");
    }
    return name;
  }

  private static KubernetesObject secret(String namespace, String name, JsonNode body) {
    String value = Json.text(body, "value");
    String data =
        value.isEmpty()
            ? raw(Json.text(body, "rawValue"))
            : Base64.getEncoder().encodeToString(value.getBytes(UTF_8));
    return KubernetesObject.of(CoreKinds.SECRET.type(), new ObjectKey(namespace, name))
        .with(json -> {
          json.withObject("/metadata").putObject("labels").put(MANAGED_BY, OPENFAAS);
          json.put("type", "Opaque");
          json.putObject("data").put(name, data);
        });
  }

  private static String raw(String base64) {
    try {
      return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("rawValue is not base64: " + e.getMessage());
    }
  }
}

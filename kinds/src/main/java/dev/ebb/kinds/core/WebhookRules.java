package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Configurations of webhooks, which are stored and never called.
enum WebhookRules implements KindRules {
  RULES;

  private static final int MAX_SECONDS = 30;

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1123Subdomain));
    Set<String> names = new HashSet<>();
    JsonNode webhooks = object.json().path("webhooks");
    for (int i = 0; i < webhooks.size(); i++) {
      String at = "webhooks[" + i + "]";
      JsonNode webhook = webhooks.get(i);
      String name = webhook.path("name").asString("");
      Optional<String> wrong =
          Names.dns1123Subdomain(name)
              .or(() ->
                  name.split("\\.").length < 3
                      ? Optional.of(
                          "should be a domain with at least three segments separated by dots")
                      : Optional.empty());
      wrong.ifPresent(what -> errors.add(FieldError.invalid(at + ".name", name, what)));
      if (!names.add(name)) {
        errors.add(FieldError.duplicate(at + ".name", name));
      }
      webhook(at, webhook, errors);
    }
    return errors;
  }

  private static void webhook(String at, JsonNode webhook, List<FieldError> errors) {
    if (webhook.path("admissionReviewVersions").isEmpty()) {
      errors.add(
          FieldError.required(
              at + ".admissionReviewVersions", "Required value: must specify one of v1, v1beta1"));
    }
    String effects = webhook.path("sideEffects").asString("");
    if (!effects.equals("None") && !effects.equals("NoneOnDryRun")) {
      errors.add(
          FieldError.notSupported(at + ".sideEffects", effects, List.of("None", "NoneOnDryRun")));
    }
    int seconds = webhook.path("timeoutSeconds").asInt(1);
    if (seconds < 1 || seconds > MAX_SECONDS) {
      errors.add(
          FieldError.invalid(
              at + ".timeoutSeconds",
              seconds,
              "the timeout value must be between 1 and %d seconds".formatted(MAX_SECONDS)));
    }
    JsonNode client = webhook.path("clientConfig");
    if (client.has("url") == client.has("service")) {
      errors.add(
          FieldError.required(
              at + ".clientConfig", "Required value: exactly one of url or service is required"));
    }
  }
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A DomainMapping: its name is the domain, its target is in its own namespace.
enum DomainMappingRules implements KindRules {
  RULES;

  private static final String CLUSTER_DOMAIN = "cluster.local";

  @Override
  public Optional<String> webhook() {
    return ServingKinds.WEBHOOK;
  }

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (object.path("spec").path("ref") instanceof ObjectNode ref
        && ref.path("namespace").asString("").isEmpty()) {
      ref.put("namespace", object.path("metadata").path("namespace").asString(""));
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(
            ObjectMetaRules.validate(object, DomainMappingRules::domainName).stream()
                .map(error ->
                    error.field().equals("metadata.name")
                        ? error.saying(
                            "invalid name \"%s\": %s".formatted(object.name(), error.detail()))
                        : error)
                .toList());
    if (object.metadata().has("generateName")) {
      errors.add(FieldError.forbidden("metadata.generateName", "Forbidden: must not be set"));
    }
    JsonNode spec = object.spec();
    if (!spec.has("ref")) {
      errors.add(FieldError.required("spec.ref", "Required value"));
      return errors;
    }
    reference(object.namespace(), spec.path("ref")).stream()
        .map(error -> error.under("spec.ref"))
        .forEach(errors::add);
    String secret = spec.path("tls").path("secretName").asString("");
    if (spec.has("tls")) {
      Names.dns1123Subdomain(secret)
          .ifPresent(wrong -> errors.add(FieldError.invalid("spec.tls.secretName", secret, wrong)));
    }
    return errors;
  }

  private static List<FieldError> reference(String parentNamespace, JsonNode ref) {
    List<FieldError> errors = new ArrayList<>();
    for (String field : List.of("apiVersion", "kind", "name")) {
      if (ref.path(field).asString("").isEmpty()) {
        errors.add(FieldError.required(field, "Required value"));
      }
    }
    if (!ref.path("group").asString("").isEmpty()) {
      errors.add(FieldError.forbidden("group", "Forbidden: must not be set"));
    }
    String namespace = ref.path("namespace").asString("");
    if (!namespace.isEmpty() && !namespace.equals(parentNamespace)) {
      String differ =
          "parent namespace: \"%s\" does not match ref: \"%s\""
              .formatted(parentNamespace, namespace);
      errors.add(
          FieldError.invalid("namespace", namespace, "mismatched namespaces: " + differ)
              .saying("mismatched namespaces", differ));
    }
    return errors;
  }

  private static Optional<String> domainName(String name) {
    Optional<String> wrong = Names.dns1123Subdomain(name);
    if (wrong.isPresent()) {
      return wrong;
    }
    if (name.indexOf('.') < 0) {
      return Optional.of("should be a domain with at least two segments separated by dots");
    }
    if (name.endsWith("." + CLUSTER_DOMAIN)) {
      return Optional.of(
          "must not be a subdomain of cluster local domain \"%s\"".formatted(CLUSTER_DOMAIN));
    }
    for (String label : name.split("\\.", -1)) {
      Optional<String> bad = Names.dns1123Label(label);
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }
}

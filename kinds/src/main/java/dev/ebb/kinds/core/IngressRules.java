package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Ingresses: each path says where it leads.
final class IngressRules extends SpecRules {
  static final IngressRules RULES = new IngressRules();

  private IngressRules() {}

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    if (spec.path("rules").isEmpty() && !spec.has("defaultBackend")) {
      errors.add(
          FieldError.invalid("spec", "", "either `defaultBackend` or `rules` must be specified"));
    }
    if (spec.has("defaultBackend")) {
      backend("spec.defaultBackend", spec.path("defaultBackend"), errors);
    }
    JsonNode rules = spec.path("rules");
    for (int i = 0; i < rules.size(); i++) {
      JsonNode paths = rules.get(i).path("http").path("paths");
      for (int j = 0; j < paths.size(); j++) {
        path("spec.rules[%d].http.paths[%d]".formatted(i, j), paths.get(j), errors);
      }
    }
  }

  private static void path(String at, JsonNode path, List<FieldError> errors) {
    String text = path.path("path").asString("");
    String type = path.path("pathType").asString("");
    if (type.isEmpty()) {
      errors.add(FieldError.required(at + ".pathType", REQUIRED + ": pathType must be specified"));
    }
    boolean free = type.equals("ImplementationSpecific") && text.isEmpty();
    if (!text.startsWith("/") && !free) {
      errors.add(FieldError.invalid(at + ".path", text, "must be an absolute path"));
    }
    backend(at + ".backend", path.path("backend"), errors);
  }

  private static void backend(String at, JsonNode backend, List<FieldError> errors) {
    JsonNode service = backend.path("service");
    boolean resource = backend.has("resource");
    if (service.isObject() && resource) {
      errors.add(FieldError.invalid(at, "", "cannot set both resource and service backends"));
    } else if (service.isObject()) {
      if (service.path("name").asString("").isEmpty()) {
        errors.add(FieldError.required(at + ".service.name", REQUIRED));
      }
      JsonNode port = service.path("port");
      if (port.path("name").asString("").isEmpty() == (port.path("number").asInt(0) == 0)) {
        errors.add(
            port.path("number").asInt(0) == 0
                ? FieldError.required(
                    at + ".service", REQUIRED + ": port name or number is required")
                : FieldError.invalid(
                    at + ".service", "", "cannot set both port name & port number"));
      }
    } else if (!resource) {
      errors.add(FieldError.required(at, REQUIRED + ": resource or service backend is required"));
    }
  }
}

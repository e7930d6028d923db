package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.settings.Features;
import dev.ebb.kinds.settings.RevisionDefaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Rules of a revision's spec across its fields, as Knative has them with the limits of
/// `config-defaults` and the features of `config-features`.
final class RevisionSpecValidation {
  /// They take no requests, and are over before anybody asks how they are.
  private static final List<String> NOT_OF_INIT_CONTAINERS =
      List.of("lifecycle", "livenessProbe", "ports", "readinessProbe", "startupProbe");

  private RevisionSpecValidation() {}

  static List<FieldError> validate(JsonNode spec, ConfigSource config) {
    RevisionDefaults defaults = RevisionDefaults.now(config);
    List<FieldError> errors =
        new ArrayList<>(FeatureValidation.validate(spec, Features.now(config)));
    if (errors.isEmpty()) {
      errors.addAll(PodFieldValidation.validate(spec));
    }
    range(spec, "timeoutSeconds", 0, defaults.maxTimeoutSeconds(), errors);
    long timeout = spec.path("timeoutSeconds").asLong(defaults.maxTimeoutSeconds());
    range(spec, "responseStartTimeoutSeconds", 0, timeout, errors);
    range(spec, "idleTimeoutSeconds", 0, timeout, errors);
    range(
        spec,
        "containerConcurrency",
        defaults.zeroConcurrencyAllowed() ? 0 : 1,
        defaults.maxContainerConcurrency(),
        errors);
    Set<String> names = new HashSet<>();
    initContainers(spec.path("initContainers"), names, errors);
    containers(spec.path("containers"), names, errors);
    errors.addAll(VolumeValidation.validate(spec));
    String account = spec.path("serviceAccountName").asString("");
    if (!account.isEmpty()) {
      Names.dns1123Subdomain(account)
          .ifPresent(wrong -> errors.add(FieldError.invalid("serviceAccountName", account, wrong)));
    }
    return errors;
  }

  private static void range(
      JsonNode spec, String field, long least, long most, List<FieldError> errors) {
    long value = spec.path(field).asLong(0);
    if (value < least || value > most) {
      errors.add(FieldError.outOfBounds(field, value, least, most));
    }
  }

  private static void initContainers(
      JsonNode containers, Set<String> names, List<FieldError> errors) {
    for (int i = 0; i < containers.size(); i++) {
      JsonNode container = containers.get(i);
      String at = "initContainers[" + i + "]";
      name(container, at, names, errors);
      for (String field : NOT_OF_INIT_CONTAINERS) {
        if (container.has(field)) {
          errors.add(
              FieldError.forbidden(at + "." + field, "Forbidden: must not be set")
                  .saying("field not allowed in an init container"));
        }
      }
      ContainerValidation.validate(container, /* serving= */ false)
          .forEach(error -> errors.add(error.under(at)));
    }
  }

  private static void name(
      JsonNode container, String at, Set<String> names, List<FieldError> errors) {
    String name = container.path("name").asString("");
    if (!name.isEmpty() && !names.add(name)) {
      errors.add(
          FieldError.duplicate(at + ".name", name)
              .saying("duplicate container name \"%s\"".formatted(name)));
    }
    Names.dns1123Label(name)
        .filter(wrong -> !name.isEmpty())
        .ifPresent(wrong -> errors.add(FieldError.invalid(at + ".name", name, wrong)));
  }

  private static void containers(JsonNode containers, Set<String> names, List<FieldError> errors) {
    if (containers.isEmpty()) {
      errors.add(FieldError.required("containers", "Required value"));
      return;
    }
    int ports = 0;
    for (int i = 0; i < containers.size(); i++) {
      JsonNode container = containers.get(i);
      String at = "containers[" + i + "]";
      ports += container.path("ports").size();
      boolean serving = containers.size() == 1 || !container.path("ports").isEmpty();
      name(container, at, names, errors);
      ContainerValidation.validate(container, serving)
          .forEach(error -> errors.add(error.under(at)));
    }
    if (ports > 1) {
      String several = "more than one container port is set";
      errors.add(
          FieldError.invalid("containers", ports, several)
              .saying(several, "Only a single port is allowed across all containers"));
    } else if (ports == 0 && containers.size() > 1) {
      errors.add(
          FieldError.required("containers", "Required value: one container must have a port")
              .saying("missing field(s)", "one container must have ports"));
    }
  }
}

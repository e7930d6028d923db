package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Rules of a revision's spec across its fields, as Knative has them with its default features.
final class RevisionSpecValidation {
  static final int MAX_TIMEOUT_SECONDS = 600;
  static final int MAX_CONTAINER_CONCURRENCY = 1000;

  /// What Knative takes only where an operator has switched it on, but for init containers and
  /// claims, which this machine has. To pass over it in silence would promise what does not happen.
  private static final List<String> FORBIDDEN =
      List.of(
          "affinity",
          "dnsConfig",
          "dnsPolicy",
          "hostAliases",
          "hostIPC",
          "hostNetwork",
          "hostPID",
          "nodeSelector",
          "priorityClassName",
          "runtimeClassName",
          "schedulerName",
          "securityContext",
          "shareProcessNamespace",
          "tolerations",
          "topologySpreadConstraints");

  /// They take no requests, and are over before anybody asks how they are.
  private static final List<String> NOT_OF_INIT_CONTAINERS =
      List.of("lifecycle", "livenessProbe", "ports", "readinessProbe", "startupProbe");

  private RevisionSpecValidation() {}

  static List<FieldError> validate(JsonNode spec) {
    List<FieldError> errors = new ArrayList<>();
    for (String field : FORBIDDEN) {
      if (spec.has(field)) {
        errors.add(FieldError.forbidden(field, "Forbidden: must not be set"));
      }
    }
    range(spec, "timeoutSeconds", MAX_TIMEOUT_SECONDS, errors);
    long timeout = spec.path("timeoutSeconds").asLong(MAX_TIMEOUT_SECONDS);
    range(spec, "responseStartTimeoutSeconds", timeout, errors);
    range(spec, "idleTimeoutSeconds", timeout, errors);
    range(spec, "containerConcurrency", MAX_CONTAINER_CONCURRENCY, errors);
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

  private static void range(JsonNode spec, String field, long most, List<FieldError> errors) {
    long value = spec.path(field).asLong(0);
    if (value < 0 || value > most) {
      errors.add(FieldError.invalid(field, value, "expected 0 <= %d <= %d".formatted(value, most)));
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
          errors.add(FieldError.forbidden(at + "." + field, "Forbidden: must not be set"));
        }
      }
      ContainerValidation.validate(container).forEach(error -> errors.add(error.under(at)));
    }
  }

  private static void name(
      JsonNode container, String at, Set<String> names, List<FieldError> errors) {
    String name = container.path("name").asString("");
    if (!name.isEmpty() && !names.add(name)) {
      errors.add(FieldError.duplicate(at + ".name", name));
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
      name(container, at, names, errors);
      ContainerValidation.validate(container).forEach(error -> errors.add(error.under(at)));
    }
    if (ports > 1) {
      errors.add(FieldError.invalid("containers", ports, "more than one container port is set"));
    } else if (ports == 0 && containers.size() > 1) {
      errors.add(
          FieldError.required("containers", "Required value: one container must have a port"));
    }
  }
}

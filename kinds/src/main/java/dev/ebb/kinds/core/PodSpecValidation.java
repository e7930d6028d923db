package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Rules across the fields of a Pod's specification.
final class PodSpecValidation {
  private static final String REQUIRED = "Required value";

  private final String path;
  private final JsonNode spec;
  private final List<FieldError> errors = new ArrayList<>();
  private final Set<String> volumes = new HashSet<>();
  private final Set<String> containers = new HashSet<>();

  private PodSpecValidation(String path, JsonNode spec) {
    this.path = path;
    this.spec = spec;
  }

  /// @param path `spec`, `spec.template.spec`
  static List<FieldError> validate(String path, JsonNode spec) {
    PodSpecValidation validation = new PodSpecValidation(path, spec);
    validation.all();
    return validation.errors;
  }

  private void all() {
    JsonNode list = spec.path("volumes");
    for (int i = 0; i < list.size(); i++) {
      volume(path + ".volumes[" + i + "]", list.get(i));
    }
    if (spec.path("containers").isEmpty()) {
      errors.add(FieldError.required(path + ".containers", REQUIRED));
    }
    for (String each : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
      JsonNode items = spec.path(each);
      for (int i = 0; i < items.size(); i++) {
        container(path + "." + each + "[" + i + "]", items.get(i));
      }
    }
    errors.addAll(
        ObjectMetaRules.labels(path + ".nodeSelector", LabelMaps.of(spec.path("nodeSelector"))));
    atLeast(path + ".terminationGracePeriodSeconds", spec.path("terminationGracePeriodSeconds"), 0);
    atLeast(path + ".activeDeadlineSeconds", spec.path("activeDeadlineSeconds"), 1);
    String account = spec.path("serviceAccountName").asString("");
    if (!account.isEmpty()) {
      Names.dns1123Subdomain(account)
          .ifPresent(wrong ->
              errors.add(FieldError.invalid(path + ".serviceAccountName", account, wrong)));
    }
  }

  private void volume(String at, JsonNode volume) {
    String name = volume.path("name").asString("");
    if (name.isEmpty()) {
      errors.add(FieldError.required(at + ".name", REQUIRED));
    } else {
      Names.dns1123Label(name)
          .ifPresent(wrong -> errors.add(FieldError.invalid(at + ".name", name, wrong)));
      if (!volumes.add(name)) {
        errors.add(FieldError.duplicate(at + ".name", name));
      }
    }
    List<String> sources =
        volume
            .propertyStream()
            .map(field -> field.getKey())
            .filter(it -> !it.equals("name"))
            .toList();
    if (sources.isEmpty()) {
      errors.add(FieldError.required(at, REQUIRED + ": must specify a volume type"));
    }
    sources.stream()
        .skip(1)
        .forEach(more ->
            errors.add(
                FieldError.forbidden(
                    at + "." + more, "Forbidden: may not specify more than 1 volume type")));
  }

  private void container(String at, JsonNode container) {
    String name = container.path("name").asString("");
    if (name.isEmpty()) {
      errors.add(FieldError.required(at + ".name", REQUIRED));
    } else {
      Names.dns1123Label(name)
          .ifPresent(wrong -> errors.add(FieldError.invalid(at + ".name", name, wrong)));
      if (!containers.add(name)) {
        errors.add(FieldError.duplicate(at + ".name", name));
      }
    }
    if (container.path("image").asString("").isBlank()) {
      errors.add(FieldError.required(at + ".image", REQUIRED));
    }
    environment(at + ".env", container.path("env"));
    ports(at + ".ports", container.path("ports"));
    mounts(at + ".volumeMounts", container.path("volumeMounts"));
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      if (container.has(probe)) {
        probe(at + "." + probe, container.path(probe));
      }
    }
    errors.addAll(ResourceRules.validate(at + ".resources", container.path("resources")));
  }

  private void environment(String at, JsonNode variables) {
    for (int i = 0; i < variables.size(); i++) {
      String field = at + "[" + i + "]";
      JsonNode variable = variables.get(i);
      String name = variable.path("name").asString("");
      if (name.isEmpty()) {
        errors.add(FieldError.required(field + ".name", REQUIRED));
      } else {
        Names.environmentVariable(name)
            .ifPresent(wrong -> errors.add(FieldError.invalid(field + ".name", name, wrong)));
      }
      JsonNode from = variable.path("valueFrom");
      if (from.isObject() && from.size() != 1) {
        errors.add(
            FieldError.invalid(
                field + ".valueFrom",
                "",
                from.isEmpty()
                    ? "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
                        + " `secretKeyRef` or `fileKeyRef`"
                    : "may not have more than one field specified at a time"));
      } else if (from.isObject() && !variable.path("value").asString("").isEmpty()) {
        errors.add(
            FieldError.invalid(
                field + ".valueFrom", "", "may not be specified when `value` is not empty"));
      }
    }
  }

  private void ports(String at, JsonNode ports) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      String field = at + "[" + i + "]";
      JsonNode port = ports.get(i);
      Ports.number(field + ".containerPort", port.path("containerPort")).ifPresent(errors::add);
      if (port.path("hostPort").asInt(0) != 0) {
        Ports.number(field + ".hostPort", port.path("hostPort")).ifPresent(errors::add);
      }
      String name = port.path("name").asString("");
      if (!name.isEmpty()) {
        Ports.name(field + ".name", name).ifPresent(errors::add);
        if (!names.add(name)) {
          errors.add(FieldError.duplicate(field + ".name", name));
        }
      }
    }
  }

  private void mounts(String at, JsonNode mounts) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      String field = at + "[" + i + "]";
      String name = mounts.get(i).path("name").asString("");
      String place = mounts.get(i).path("mountPath").asString("");
      if (name.isEmpty()) {
        errors.add(FieldError.required(field + ".name", REQUIRED));
      } else if (!volumes.contains(name)) {
        errors.add(FieldError.notFound(field + ".name", name));
      }
      if (place.isEmpty()) {
        errors.add(FieldError.required(field + ".mountPath", REQUIRED));
      } else if (!places.add(place)) {
        errors.add(FieldError.invalid(field + ".mountPath", place, "must be unique"));
      }
    }
  }

  private void probe(String at, JsonNode probe) {
    long handlers =
        List.of("exec", "httpGet", "tcpSocket", "grpc").stream().filter(probe::has).count();
    if (handlers == 0) {
      errors.add(FieldError.required(at, REQUIRED + ": must specify a handler type"));
    } else if (handlers > 1) {
      errors.add(FieldError.forbidden(at, "Forbidden: may not specify more than 1 handler type"));
    }
    for (String count : new String[] {"initialDelaySeconds", "timeoutSeconds", "periodSeconds"}) {
      atLeast(at + "." + count, probe.path(count), 0);
    }
    for (String action : new String[] {"httpGet", "tcpSocket"}) {
      if (probe.has(action)) {
        Ports.numberOrName(at + "." + action + ".port", probe.path(action).path("port"))
            .ifPresent(errors::add);
      }
    }
  }

  private void atLeast(String at, JsonNode value, int least) {
    if (value.isNumber() && value.asLong(0) < least) {
      errors.add(
          FieldError.invalid(at, value.asLong(0), "must be greater than or equal to " + least));
    }
  }
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.settings.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What of a revision's spec `config-features` does not permit. To pass over it in silence would
/// promise what does not happen.
final class FeatureValidation {
  /// Each is permitted by `kubernetes.podspec-` and its name in small letters.
  static final List<String> POD_FIELDS =
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

  /// Of a volume: the flag, and how Knative's message names it.
  private record Source(String field, String flag, String name) {}

  private static final List<Source> VOLUMES =
      List.of(
          new Source("csi", "kubernetes.podspec-volumes-csi", "CSI volume"),
          new Source("emptyDir", Features.EMPTY_DIR, "EmptyDir volume"),
          new Source("ephemeral", "kubernetes.podspec-volumes-ephemeral", "Ephemeral volume"),
          new Source("hostPath", "kubernetes.podspec-volumes-hostpath", "HostPath volume"),
          new Source("image", "kubernetes.podspec-volumes-image", "Image volume"),
          new Source("persistentVolumeClaim", Features.CLAIMS, "Persistent volume claim"));

  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");

  private final Features features;
  private final List<FieldError> errors = new ArrayList<>();

  private FeatureValidation(Features features) {
    this.features = features;
  }

  static List<FieldError> validate(JsonNode spec, Features features) {
    FeatureValidation check = new FeatureValidation(features);
    check.podFields(spec);
    check.volumes(spec.path("volumes"));
    check.numbers(spec);
    for (String field : List.of("initContainers", "containers")) {
      for (int i = 0; i < spec.path(field).size(); i++) {
        check.container(spec.path(field).get(i), "%s[%d]".formatted(field, i));
      }
    }
    check.sidecarProbes(spec.path("containers"));
    return check.errors;
  }

  private void podFields(JsonNode spec) {
    for (String field : POD_FIELDS) {
      String flag = "kubernetes.podspec-" + field.toLowerCase(Locale.ROOT);
      boolean secured =
          flag.equals(Features.SECURITY_CONTEXT) && features.isPermitted(Features.SECURE_DEFAULTS);
      if (spec.has(field) && !features.isPermitted(flag) && !secured) {
        forbid(field);
      }
    }
  }

  private void volumes(JsonNode volumes) {
    for (int i = 0; i < volumes.size(); i++) {
      for (Source source : VOLUMES) {
        if (volumes.get(i).has(source.field) && !features.isOn(source.flag)) {
          forbid("volumes[%d].%s".formatted(i, source.field), source.name + " support is disabled");
        }
      }
      JsonNode claim = volumes.get(i).path("persistentVolumeClaim");
      if (claim.isObject()
          && !claim.path("readOnly").asBoolean(false)
          && !features.isOn(Features.CLAIM_WRITE)) {
        forbid(
            "volumes[%d].persistentVolumeClaim".formatted(i),
            "Persistent volume write support is disabled");
      }
    }
  }

  private void numbers(JsonNode spec) {
    int init = spec.path("initContainers").size();
    if (init > 0 && !features.isOn(Features.INIT_CONTAINERS)) {
      forbid(
          "initContainers",
          "pod spec support for init-containers is off, but found %d init containers"
              .formatted(init));
    }
    int containers = spec.path("containers").size();
    if (containers > 1 && !features.isOn(Features.MULTI_CONTAINER)) {
      forbid("containers", "multi-container is off, but found %d containers".formatted(containers));
    }
  }

  private void container(JsonNode container, String at) {
    JsonNode variables = container.path("env");
    for (int i = 0; i < variables.size(); i++) {
      for (String reference : List.of("fieldRef", "resourceFieldRef")) {
        if (variables.get(i).path("valueFrom").has(reference)
            && !features.isPermitted(Features.FIELD_REF)) {
          forbid("%s.env[%d].valueFrom.%s".formatted(at, i, reference));
        }
      }
    }
    JsonNode added = container.path("securityContext").path("capabilities").path("add");
    boolean bound =
        features.isPermitted(Features.SECURE_DEFAULTS)
            && added.valueStream().allMatch(it -> it.asString("").equals("NET_BIND_SERVICE"));
    if (!added.isEmpty() && !bound && !features.isPermitted(Features.ADD_CAPABILITIES)) {
      forbid(at + ".securityContext.capabilities.add");
    }
    JsonNode mounts = container.path("volumeMounts");
    for (int i = 0; i < mounts.size(); i++) {
      if (mounts.get(i).has("mountPropagation") && !features.isOn(Features.MOUNT_PROPAGATION)) {
        forbid(
            "%s.volumeMounts[%d].mountPropagation".formatted(at, i),
            "Volume Mount Propagation support is disabled");
      }
    }
  }

  private void sidecarProbes(JsonNode containers) {
    if (containers.size() < 2 || features.isOn(Features.MULTI_CONTAINER_PROBING)) {
      return;
    }
    for (int i = 0; i < containers.size(); i++) {
      for (String probe : PROBES) {
        if (containers.get(i).path("ports").isEmpty() && containers.get(i).has(probe)) {
          forbid("containers[%d].%s".formatted(i, probe));
        }
      }
    }
  }

  private void forbid(String field) {
    errors.add(FieldError.forbidden(field, "Forbidden: must not be set"));
  }

  private void forbid(String field, String why) {
    errors.add(FieldError.forbidden(field, "Forbidden: " + why).saying(why));
  }
}

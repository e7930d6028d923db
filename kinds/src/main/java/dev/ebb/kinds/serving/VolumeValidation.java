package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Rules of `volumes` and of the mounts of all containers.
final class VolumeValidation {
  private static final Set<String> RESERVED_PATHS = Set.of("/", "/dev", "/dev/log");

  private VolumeValidation() {}

  static List<FieldError> validate(JsonNode spec) {
    List<FieldError> errors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    JsonNode volumes = spec.path("volumes");
    for (int i = 0; i < volumes.size(); i++) {
      String at = "volumes[" + i + "]";
      JsonNode volume = volumes.get(i);
      String name = volume.path("name").asString("");
      Names.dns1123Label(name)
          .ifPresent(wrong -> errors.add(FieldError.invalid(at + ".name", name, wrong)));
      if (!names.add(name)) {
        errors.add(
            FieldError.duplicate(at + ".name", name)
                .saying("duplicate volume name \"%s\"".formatted(name)));
      }
      if (volume.size() != 2) {
        errors.add(
            FieldError.required(at, "Required value: exactly one source of the volume")
                .saying("expected exactly one source of the volume"));
      }
    }
    for (String field : List.of("initContainers", "containers")) {
      JsonNode containers = spec.path(field);
      for (int i = 0; i < containers.size(); i++) {
        String at = "%s[%d]".formatted(field, i);
        mounts(containers.get(i).path("volumeMounts"), at, names, errors);
      }
    }
    return errors;
  }

  private static void mounts(
      JsonNode mounts, String container, Set<String> volumes, List<FieldError> errors) {
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      String at = container + ".volumeMounts[" + i + "]";
      String name = mounts.get(i).path("name").asString("");
      String path = mounts.get(i).path("mountPath").asString("");
      if (!volumes.contains(name)) {
        errors.add(
            FieldError.invalid(at + ".name", name, "no volume has this name")
                .saying("volumeMount has no matching volume"));
      }
      if (!path.startsWith("/")) {
        errors.add(FieldError.invalid(at + ".mountPath", path, "must be an absolute path"));
      } else if (RESERVED_PATHS.contains(path)) {
        errors.add(
            FieldError.invalid(at + ".mountPath", path, "is a reserved path")
                .saying("mountPath \"%s\" is a reserved path".formatted(path)));
      } else if (!paths.add(path)) {
        errors.add(
            FieldError.duplicate(at + ".mountPath", path)
                .saying("invalid value: \"%s\" must be unique".formatted(path)));
      }
    }
  }
}

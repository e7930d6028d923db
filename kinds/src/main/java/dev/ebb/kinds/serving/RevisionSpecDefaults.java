package dev.ebb.kinds.serving;

import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What Knative's webhook fills into a revision's spec, written back as it writes it. Source:
/// Knative Serving's `config-defaults`.
final class RevisionSpecDefaults {
  static final int TIMEOUT_SECONDS = 300;
  private static final int RESPONSE_START_TIMEOUT_SECONDS = 300;
  private static final String CONTAINER_NAME = "user-container";
  private static final String INIT_CONTAINER_NAME = "init-container";

  private RevisionSpecDefaults() {}

  static void apply(ObjectNode spec) {
    if (spec.path("timeoutSeconds").asLong(0) == 0) {
      spec.put("timeoutSeconds", TIMEOUT_SECONDS);
    }
    // Where it is not shorter than the whole timeout it would say nothing.
    if (!spec.has("responseStartTimeoutSeconds")
        && spec.path("timeoutSeconds").asLong() > RESPONSE_START_TIMEOUT_SECONDS) {
      spec.put("responseStartTimeoutSeconds", RESPONSE_START_TIMEOUT_SECONDS);
    }
    if (!spec.has("containerConcurrency")) {
      spec.put("containerConcurrency", 0);
    }
    if (!spec.has("enableServiceLinks")) {
      spec.put("enableServiceLinks", false);
    }
    initContainers(spec);
    containers(spec);
  }

  private static void initContainers(ObjectNode spec) {
    JsonNode containers = spec.path("initContainers");
    Set<String> writable = writableVolumes(spec);
    int suffix = 0;
    for (JsonNode node : containers) {
      if (!(node instanceof ObjectNode container)) {
        continue;
      }
      if (container.path("name").asString("").isEmpty()) {
        String end = containers.size() > 1 ? "-" + suffix++ : "";
        container.put("name", INIT_CONTAINER_NAME + end);
      }
      if (!container.has("resources")) {
        container.putObject("resources");
      }
      mounts(container, writable);
    }
  }

  private static void mounts(ObjectNode container, Set<String> writable) {
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount instanceof ObjectNode object
          && !writable.contains(mount.path("name").asString(""))) {
        object.put("readOnly", true);
      }
    }
  }

  private static void containers(ObjectNode spec) {
    JsonNode containers = spec.path("containers");
    Set<String> names = new HashSet<>();
    containers.forEach(container -> names.add(container.path("name").asString("")));
    Set<String> writable = writableVolumes(spec);
    int suffix = 0;
    for (JsonNode node : containers) {
      if (!(node instanceof ObjectNode container)) {
        continue;
      }
      if (container.path("name").asString("").isEmpty()) {
        String name = CONTAINER_NAME;
        while (names.contains(name) || (containers.size() > 1 && name.equals(CONTAINER_NAME))) {
          name = CONTAINER_NAME + "-" + suffix++;
        }
        names.add(name);
        container.put("name", name);
      }
      if (!container.has("resources")) {
        container.putObject("resources");
      }
      boolean serving = containers.size() == 1 || !container.path("ports").isEmpty();
      readinessProbe(container, serving);
      mounts(container, writable);
    }
  }

  private static void readinessProbe(ObjectNode container, boolean serving) {
    if (serving && !container.has("readinessProbe")) {
      container.putObject("readinessProbe");
    }
    if (!(container.path("readinessProbe") instanceof ObjectNode probe)) {
      return;
    }
    boolean handled =
        probe.has("exec") || probe.has("grpc") || probe.has("httpGet") || probe.has("tcpSocket");
    if (probe.path("successThreshold").asInt(0) == 0) {
      probe.put("successThreshold", 1);
    }
    if (serving && !handled) {
      probe.putObject("tcpSocket").put("port", 0);
    }
    if (probe.path("periodSeconds").asInt(0) != 0) {
      if (probe.path("failureThreshold").asInt(0) == 0) {
        probe.put("failureThreshold", 3);
      }
      if (probe.path("timeoutSeconds").asInt(0) == 0) {
        probe.put("timeoutSeconds", 1);
      }
    }
  }

  private static Set<String> writableVolumes(ObjectNode spec) {
    Set<String> names = new HashSet<>();
    for (JsonNode volume : spec.path("volumes")) {
      if (volume.has("emptyDir")
          || volume.has("persistentVolumeClaim")
          || volume.has("ephemeral")) {
        names.add(volume.path("name").asString(""));
      }
    }
    return names;
  }
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.settings.Features;
import dev.ebb.kinds.settings.RevisionDefaults;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What Knative's webhook fills into a revision's spec, written back as it writes it. Source:
/// Knative Serving's `config-defaults`.
final class RevisionSpecDefaults {
  private final RevisionDefaults defaults;
  private final ObjectNode spec;
  private final Set<String> writable;

  private RevisionSpecDefaults(RevisionDefaults defaults, ObjectNode spec) {
    this.defaults = defaults;
    this.spec = spec;
    this.writable = writableVolumes(spec);
  }

  /// @param holder the Service, Configuration or Revision, whose metadata names containers
  static void apply(ObjectNode spec, ObjectNode holder, ConfigSource config) {
    RevisionSpecDefaults filler = new RevisionSpecDefaults(RevisionDefaults.now(config), spec);
    filler.limits();
    filler.names(new KubernetesObject(holder));
    filler.initContainers();
    filler.containers();
    SecureDefaults.apply(spec, Features.now(config).flag(Features.SECURE_DEFAULTS));
  }

  private void limits() {
    if (spec.path("timeoutSeconds").asLong(0) == 0) {
      spec.put("timeoutSeconds", defaults.timeoutSeconds());
    }
    // Where they are not shorter than the whole timeout they would say nothing.
    timeout("responseStartTimeoutSeconds", defaults.responseStartTimeoutSeconds());
    timeout("idleTimeoutSeconds", defaults.idleTimeoutSeconds());
    if (!spec.has("containerConcurrency")) {
      spec.put("containerConcurrency", defaults.containerConcurrency());
    }
    if (!spec.has("enableServiceLinks")) {
      defaults.serviceLinks().ifPresent(links -> spec.put("enableServiceLinks", links));
    }
  }

  private void timeout(String field, long seconds) {
    if (!spec.has(field) && seconds != 0 && seconds < spec.path("timeoutSeconds").asLong()) {
      spec.put(field, seconds);
    }
  }

  private void names(KubernetesObject holder) {
    Set<String> taken = new HashSet<>();
    for (String field : List.of("containers", "initContainers")) {
      spec.path(field).forEach(container -> taken.add(container.path("name").asString("")));
    }
    var subject =
        RevisionDefaults.subject(
            holder.name(), holder.namespace(), holder.labels(), holder.annotations());
    name("containers", defaults.containerName().execute(subject), taken);
    name("initContainers", defaults.initContainerName().execute(subject), taken);
  }

  private void name(String field, String base, Set<String> taken) {
    JsonNode containers = spec.path(field);
    int suffix = 0;
    for (JsonNode node : containers) {
      if (!(node instanceof ObjectNode container)
          || !container.path("name").asString("").isEmpty()) {
        continue;
      }
      String name = base;
      while (taken.contains(name) || (containers.size() > 1 && name.equals(base))) {
        name = base + "-" + suffix++;
      }
      taken.add(name);
      container.put("name", name);
    }
  }

  private void initContainers() {
    for (JsonNode node : spec.path("initContainers")) {
      if (node instanceof ObjectNode container) {
        if (!container.has("resources")) {
          container.putObject("resources");
        }
        mounts(container);
      }
    }
  }

  private void mounts(ObjectNode container) {
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount instanceof ObjectNode object
          && !writable.contains(mount.path("name").asString(""))) {
        object.put("readOnly", true);
      }
    }
  }

  private void containers() {
    JsonNode containers = spec.path("containers");
    for (JsonNode node : containers) {
      if (node instanceof ObjectNode container) {
        resources(container.withObject("/resources"));
        boolean serving = containers.size() == 1 || !container.path("ports").isEmpty();
        readinessProbe(container, serving);
        mounts(container);
      }
    }
  }

  private void resources(ObjectNode resources) {
    fill(resources, "requests", defaults.requests());
    fill(resources, "limits", defaults.limits());
  }

  private static void fill(ObjectNode resources, String kind, Map<String, String> quantities) {
    quantities.forEach((resource, quantity) -> {
      if (!resources.path(kind).has(resource)) {
        resources.withObject("/" + kind).put(resource, quantity);
      }
    });
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

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
import tools.jackson.databind.node.ObjectNode;

/// Defaults and validation of Services. No cluster address is given out: nothing would listen
/// there.
enum ServiceRules implements KindRules {
  RULES;

  private static final String CLUSTER = "Cluster";
  private static final int AFFINITY_SECONDS = 10800;

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (!(object.path("spec") instanceof ObjectNode spec)) {
      return;
    }
    for (JsonNode each : spec.path("ports")) {
      if (each instanceof ObjectNode port && !port.has("targetPort") && port.has("port")) {
        port.set("targetPort", port.path("port"));
      }
    }
    String type = spec.path("type").asString("");
    boolean outside = type.equals("NodePort") || type.equals("LoadBalancer");
    if (outside && !spec.has("externalTrafficPolicy")) {
      spec.put("externalTrafficPolicy", CLUSTER);
    }
    if (type.equals("LoadBalancer") && !spec.has("allocateLoadBalancerNodePorts")) {
      spec.put("allocateLoadBalancerNodePorts", true);
    }
    if (!type.equals("ExternalName")) {
      if (!spec.has("internalTrafficPolicy")) {
        spec.put("internalTrafficPolicy", CLUSTER);
      }
      if (!spec.has("ipFamilyPolicy")) {
        spec.put("ipFamilyPolicy", "SingleStack");
      }
      if (!spec.has("ipFamilies")) {
        spec.putArray("ipFamilies").add("IPv4");
      }
    }
    if (spec.path("sessionAffinity").asString("").equals("ClientIP")
        && !spec.has("sessionAffinityConfig")) {
      spec.putObject("sessionAffinityConfig")
          .putObject("clientIP")
          .put("timeoutSeconds", AFFINITY_SECONDS);
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1035Label));
    JsonNode spec = object.spec();
    JsonNode ports = spec.path("ports");
    String type = spec.path("type").asString("");
    if (type.equals("ExternalName")) {
      if (spec.path("externalName").asString("").isEmpty()) {
        errors.add(FieldError.required("spec.externalName", "Required value"));
      }
    } else if (ports.isEmpty() && !spec.path("clusterIP").asString("").equals("None")) {
      errors.add(FieldError.required("spec.ports", "Required value"));
    }
    Set<String> names = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      String path = "spec.ports[" + i + "]";
      JsonNode port = ports.get(i);
      errors.addAll(port(path, port, ports.size() > 1));
      String name = port.path("name").asString("");
      if (!name.isEmpty() && !names.add(name)) {
        errors.add(FieldError.duplicate(path + ".name", name));
      }
      if (!numbers.add(port.path("protocol").asString("") + port.path("port").asInt(0))) {
        errors.add(FieldError.duplicate(path, port));
      }
    }
    errors.addAll(ObjectMetaRules.labels("spec.selector", LabelMaps.of(spec.path("selector"))));
    previous.ifPresent(before -> errors.addAll(immutable(spec, before.spec())));
    return errors;
  }

  private static List<FieldError> port(String path, JsonNode port, boolean named) {
    List<FieldError> errors = new ArrayList<>();
    String name = port.path("name").asString("");
    if (name.isEmpty() && named) {
      errors.add(FieldError.required(path + ".name", "Required value"));
    } else if (!name.isEmpty()) {
      Names.dns1123Label(name)
          .ifPresent(wrong -> errors.add(FieldError.invalid(path + ".name", name, wrong)));
    }
    Ports.number(path + ".port", port.path("port")).ifPresent(errors::add);
    Ports.numberOrName(path + ".targetPort", port.path("targetPort")).ifPresent(errors::add);
    return errors;
  }

  private static List<FieldError> immutable(JsonNode spec, JsonNode before) {
    String ip = spec.path("clusterIP").asString("");
    String ipBefore = before.path("clusterIP").asString("");
    boolean stays = ip.equals(ipBefore) || ipBefore.isEmpty();
    boolean alias =
        before.path("type").asString("").equals("ExternalName")
            || spec.path("type").asString("").equals("ExternalName");
    return stays || alias
        ? List.of()
        : List.of(FieldError.invalid("spec.clusterIPs[0]", ip, "may not change once set"));
  }
}

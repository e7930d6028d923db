package dev.ebb.kinds.serving;

import dev.ebb.kinds.settings.Features.Flag;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The flag `secure-pod-defaults`: what Kubernetes's profile `restricted` asks of a container,
/// where its author says nothing. Without being root only where the flag is `Enabled`.
final class SecureDefaults {
  /// Below it, binding a port takes a capability.
  private static final int FIRST_OPEN_PORT = 1024;

  private SecureDefaults() {}

  static void apply(ObjectNode spec, Flag flag) {
    if (flag == Flag.DISABLED) {
      return;
    }
    JsonNode pod = spec.path("securityContext");
    for (String field : List.of("containers", "initContainers")) {
      for (JsonNode node : spec.path(field)) {
        if (node instanceof ObjectNode container) {
          secure(container, pod, flag);
        }
      }
    }
  }

  private static void secure(ObjectNode container, JsonNode pod, Flag flag) {
    ObjectNode context = container.withObject("/securityContext");
    if (!context.has("allowPrivilegeEscalation")) {
      context.put("allowPrivilegeEscalation", false);
    }
    if (pod.path("seccompProfile").path("type").asString("").isEmpty()
        && context.path("seccompProfile").path("type").asString("").isEmpty()) {
      context.withObject("/seccompProfile").put("type", "RuntimeDefault");
    }
    if (!context.has("capabilities")) {
      ObjectNode capabilities = context.putObject("capabilities");
      capabilities.putArray("drop").add("ALL");
      if (bindsLowPort(container)) {
        capabilities.putArray("add").add("NET_BIND_SERVICE");
      }
    }
    if (flag == Flag.ENABLED && !pod.has("runAsNonRoot") && !context.has("runAsNonRoot")) {
      context.put("runAsNonRoot", true);
    }
  }

  private static boolean bindsLowPort(ObjectNode container) {
    return container
        .path("ports")
        .valueStream()
        .anyMatch(port -> port.path("containerPort").asInt(0) < FIRST_OPEN_PORT);
  }
}

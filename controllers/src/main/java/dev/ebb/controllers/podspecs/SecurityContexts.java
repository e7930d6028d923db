package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.ContainerSecurity;
import dev.ebb.dataplane.ContainerSecurity.SeccompProfile;
import dev.ebb.dataplane.PodSecurity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// `securityContext` of Pods and containers. Where Kubernetes leaves the seccomp profile and the
/// gain of privileges to be asked for, they are safe here unless they are asked away.
final class SecurityContexts {
  private SecurityContexts() {}

  static PodSecurity ofPod(JsonNode context) {
    TreeMap<String, String> sysctls = new TreeMap<>();
    for (JsonNode sysctl : context.path("sysctls")) {
      sysctls.put(Json.text(sysctl, "name"), Json.text(sysctl, "value"));
    }
    return new PodSecurity(
        Json.number(context, "runAsUser"),
        Json.number(context, "runAsGroup"),
        Json.flag(context, "runAsNonRoot"),
        Json.number(context, "fsGroup"),
        context.path("supplementalGroups").valueStream().map(JsonNode::asLong).toList(),
        sysctls);
  }

  /// @param pod security context of the Pod, for the profile, which [PodSecurity] does not have
  static ContainerSecurity ofContainer(JsonNode context, JsonNode pod) {
    JsonNode capabilities = context.path("capabilities");
    JsonNode nonRoot = context.path("runAsNonRoot");
    return new ContainerSecurity(
        Json.number(context, "runAsUser"),
        Json.number(context, "runAsGroup"),
        nonRoot.isBoolean() ? Optional.of(nonRoot.asBoolean()) : Optional.empty(),
        Json.flag(context, "readOnlyRootFilesystem"),
        Json.flag(context, "allowPrivilegeEscalation"),
        Json.flag(context, "privileged"),
        capabilities(capabilities.path("add")),
        capabilities(capabilities.path("drop")),
        profile(context.has("seccompProfile") ? context : pod));
  }

  private static List<String> capabilities(JsonNode names) {
    return names
        .valueStream()
        .map(name -> name.asString("").toUpperCase(Locale.ROOT))
        .map(name -> name.startsWith("CAP_") ? name.substring("CAP_".length()) : name)
        .toList();
  }

  private static SeccompProfile profile(JsonNode context) {
    return Json.text(context.path("seccompProfile"), "type").equals("Unconfined")
        ? SeccompProfile.UNCONFINED
        : SeccompProfile.RUNTIME_DEFAULT;
  }
}

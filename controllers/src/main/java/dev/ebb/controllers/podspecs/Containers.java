package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Container.Lifecycle;
import dev.ebb.dataplane.Container.Port;
import dev.ebb.dataplane.Container.PullPolicy;
import dev.ebb.dataplane.Container.ResourceLimits;
import dev.ebb.dataplane.Container.TerminationMessage;
import dev.ebb.dataplane.Container.VolumeMount;
import dev.ebb.dataplane.Interned;
import dev.ebb.dataplane.StandardInput;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One of `containers` or `initContainers`.
final class Containers {
  private Containers() {}

  /// @param spec of its Pod, whose security context it may follow
  static Container of(JsonNode container, JsonNode spec) {
    String name = Json.text(container, "name");
    return new Container(
        name.isEmpty() ? "user-container" : name,
        Json.text(container, "image").intern(), // the revisions of a service mostly share one
        pullPolicy(container),
        Json.texts(container.path("command")),
        Json.texts(container.path("args")),
        Json.text(container, "workingDir"),
        EnvironmentVariables.of(container),
        ports(container),
        Interned.of(resources(container.path("resources"))),
        mounts(container),
        Interned.of(Probes.of(container)),
        Interned.of(
            new Lifecycle(
                Probes.action(container.path("lifecycle").path("postStart"), container),
                Probes.action(container.path("lifecycle").path("preStop"), container))),
        Interned.of(terminationMessage(container)),
        Interned.of(
            SecurityContexts.ofContainer(
                container.path("securityContext"), spec.path("securityContext"))),
        Json.text(container, "restartPolicy").equals("Always"),
        stdin(container),
        Json.flag(container, "tty"));
  }

  private static TerminationMessage terminationMessage(JsonNode container) {
    String path = Json.text(container, "terminationMessagePath");
    String policy = Json.text(container, "terminationMessagePolicy");
    return new TerminationMessage(
        path.isEmpty() ? TerminationMessage.DEFAULT.path() : path,
        policy.isEmpty() ? Optional.empty() : Optional.of(policy.equals("FallbackToLogsOnError")));
  }

  private static StandardInput stdin(JsonNode container) {
    if (!Json.flag(container, "stdin")) {
      return StandardInput.NONE;
    }
    return Json.flag(container, "stdinOnce") ? StandardInput.ONCE : StandardInput.OPEN;
  }

  private static PullPolicy pullPolicy(JsonNode container) {
    return switch (Json.text(container, "imagePullPolicy")) {
      case "Always" -> PullPolicy.ALWAYS;
      case "Never" -> PullPolicy.NEVER;
      default -> PullPolicy.IF_NOT_PRESENT;
    };
  }

  private static List<Port> ports(JsonNode container) {
    return container
        .path("ports")
        .valueStream()
        .map(port ->
            Interned.of(
                new Port(
                    Json.text(port, "name"),
                    port.path("containerPort").asInt(0),
                    port.path("protocol").asString("TCP"))))
        .filter(port -> port.number() != 0)
        .toList();
  }

  /// What is limited and asks for nothing asks for its limit.
  private static ResourceLimits resources(JsonNode resources) {
    JsonNode limits = resources.path("limits");
    JsonNode requests = resources.path("requests");
    return new ResourceLimits(
        Json.bytes("memory", limits),
        Json.cpuMillis(limits),
        Json.bytes("memory", requests, limits),
        Json.cpuMillis(requests, limits));
  }

  private static List<VolumeMount> mounts(JsonNode container) {
    return container
        .path("volumeMounts")
        .valueStream()
        .map(mount ->
            new VolumeMount(
                Json.text(mount, "name"),
                Json.text(mount, "mountPath"),
                Json.text(mount, "subPath"),
                Json.flag(mount, "readOnly")))
        .toList();
  }
}

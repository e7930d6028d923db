package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Interned;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.PodSpec.HostAlias;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// The `spec` of a Pod, or of a Revision, as the data plane has it.
///
/// What [UnsupportedFields] refuses is not looked at here. What a Pod asks of a scheduler, and what
/// only hints, is left out.
public final class PodSpecs {
  private PodSpecs() {}

  /// @param spec of a Pod
  /// @param labels for field references
  /// @param annotations for field references
  public static PodSpec ofPod(
      JsonNode spec, Map<String, String> labels, Map<String, String> annotations) {
    List<Container> containers = new ArrayList<>();
    for (JsonNode container : spec.path("containers")) {
      containers.add(Containers.of(container, spec));
    }
    return of(spec, containers, labels, annotations);
  }

  /// As Knative runs it: the container that takes the requests comes first, its port is 8080 where
  /// none is said, and its readiness is asked for without a pause until it is there.
  ///
  /// @param spec of a Revision
  /// @param resolved an image by its name, with the digest that the Revision was given
  public static PodSpec ofRevision(
      JsonNode spec,
      UnaryOperator<String> resolved,
      Map<String, String> labels,
      Map<String, String> annotations) {
    JsonNode serving = ServingContainer.of(spec);
    List<Container> containers = new ArrayList<>();
    for (JsonNode container : spec.path("containers")) {
      JsonNode named = ServingContainer.withImage(container, resolved);
      if (container.equals(serving)) {
        containers.addFirst(Containers.of(ServingContainer.withPort(named), spec));
      } else {
        containers.add(Containers.of(named, spec));
      }
    }
    return of(
        ServingContainer.withImages(spec, "initContainers", resolved),
        containers,
        labels,
        annotations);
  }

  private static PodSpec of(
      JsonNode spec,
      List<Container> containers,
      Map<String, String> labels,
      Map<String, String> annotations) {
    List<Container> initContainers = new ArrayList<>();
    for (JsonNode container : spec.path("initContainers")) {
      initContainers.add(Containers.of(container, spec));
    }
    String account = Json.text(spec, "serviceAccountName");
    return new PodSpec(
        initContainers,
        containers,
        Volumes.of(spec),
        Interned.of(SecurityContexts.ofPod(spec.path("securityContext"))),
        restartPolicy(spec),
        spec.path("imagePullSecrets").valueStream().map(it -> Json.text(it, "name")).toList(),
        account.isEmpty() ? "default" : account,
        Json.optionalFlag(spec, "automountServiceAccountToken"),
        Json.flag(spec, "shareProcessNamespace"),
        labels,
        annotations,
        Json.text(spec, "hostname"),
        spec.path("hostAliases")
            .valueStream()
            .map(it -> new HostAlias(Json.text(it, "ip"), Json.texts(it.path("hostnames"))))
            .toList());
  }

  private static RestartPolicy restartPolicy(JsonNode spec) {
    return switch (Json.text(spec, "restartPolicy")) {
      case "OnFailure" -> RestartPolicy.ON_FAILURE;
      case "Never" -> RestartPolicy.NEVER;
      default -> RestartPolicy.ALWAYS;
    };
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.Quantity;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// How a Pod's requests and limits relate, which says whose memory is taken first.
///
/// @see <a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/">Pod Quality of
///   Service Classes</a>
public final class PodQuality {
  private PodQuality() {}

  /// @param spec a Pod's
  /// @return `Guaranteed`, `Burstable` or `BestEffort`, for the field `qosClass` of its status
  public static String of(JsonNode spec) {
    boolean any = false;
    boolean all = true;
    for (String field : List.of("initContainers", "containers")) {
      for (JsonNode container : spec.path(field)) {
        JsonNode resources = container.path("resources");
        for (String resource : List.of("cpu", "memory")) {
          Optional<Quantity> limit =
              Quantity.parse(resources.path("limits").path(resource).asString(""));
          Optional<Quantity> request =
              Quantity.parse(resources.path("requests").path(resource).asString(""));
          any |= limit.isPresent() || request.isPresent();
          all &= limit.isPresent() && request.orElse(limit.get()).compareTo(limit.get()) == 0;
        }
      }
    }
    return any ? all ? "Guaranteed" : "Burstable" : "BestEffort";
  }
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Rules of a container's probes.
final class ProbeValidation {
  private ProbeValidation() {}

  static List<FieldError> validate(JsonNode container) {
    List<FieldError> errors = new ArrayList<>();
    for (String field : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      JsonNode probe = container.path(field);
      if (!probe.isMissingNode()) {
        List<FieldError> found = new ArrayList<>(handler(probe));
        if (field.equals("readinessProbe")) {
          found.addAll(readiness(probe));
        }
        found.forEach(error -> errors.add(error.under(field)));
      }
    }
    return errors;
  }

  private static List<FieldError> handler(JsonNode probe) {
    List<String> handlers =
        Stream.of("exec", "grpc", "httpGet", "tcpSocket").filter(probe::has).toList();
    if (handlers.size() == 1) {
      return List.of();
    }
    return handlers.isEmpty()
        ? List.of(
            FieldError.required("", "Required value: one of exec, grpc, httpGet, tcpSocket")
                .saying("expected exactly one, got neither", "exec, grpc, httpGet, tcpSocket"))
        : List.of(
            FieldError.forbidden("", "Forbidden: expected one of " + String.join(", ", handlers))
                .saying("expected exactly one, got both", String.join(", ", handlers)));
  }

  private static List<FieldError> readiness(JsonNode probe) {
    List<FieldError> errors = new ArrayList<>();
    boolean aggressive = probe.path("periodSeconds").asInt(0) == 0;
    // Without a period the platform probes as fast as it can, and counts nothing.
    int least = aggressive ? 0 : 1;
    Map.of(
            "periodSeconds", 0,
            "initialDelaySeconds", 0,
            "successThreshold", 1,
            "timeoutSeconds", least,
            "failureThreshold", least)
        .forEach((field, minimum) -> {
          int value = probe.path(field).asInt(0);
          if (value < minimum) {
            errors.add(FieldError.outOfBounds(field, value, minimum, Integer.MAX_VALUE));
          } else if (aggressive
              && value != 0
              && (field.equals("timeoutSeconds") || field.equals("failureThreshold"))) {
            errors.add(
                FieldError.forbidden(field, "Forbidden: must not be set when periodSeconds is zero")
                    .saying(field + " is disallowed when periodSeconds is zero"));
          }
        });
    return errors;
  }
}

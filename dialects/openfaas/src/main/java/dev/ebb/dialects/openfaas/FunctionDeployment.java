package dev.ebb.dialects.openfaas;

import dev.ebb.dialects.openfaas.cron.FunctionSchedules;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What a client wants of a function: the body of `POST` and `PUT /system/functions`.
///
/// @param namespace empty for the default
/// @param envProcess the watchdog's `fprocess`; empty to leave the image's
/// @param constraints where to run; without meaning on one machine, but given back
/// @param secrets names of Secrets of the same namespace
/// @param limits amounts by resource: `memory`, `cpu`, `nvidia.com/gpu`
/// @param requests the same
record FunctionDeployment(
    String service,
    String image,
    String namespace,
    String envProcess,
    Map<String, String> envVars,
    List<String> constraints,
    List<String> secrets,
    Map<String, String> labels,
    Map<String, String> annotations,
    Map<String, String> limits,
    Map<String, String> requests,
    boolean readOnlyRootFilesystem) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  FunctionDeployment {
    envVars = Map.copyOf(envVars);
    constraints = List.copyOf(constraints);
    secrets = List.copyOf(secrets);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    limits = Map.copyOf(limits);
    requests = Map.copyOf(requests);
  }

  /// @throws Refusal 400
  static FunctionDeployment of(JsonNode json) {
    FunctionDeployment deployment =
        new FunctionDeployment(
            Json.text(json, "service"),
            Json.text(json, "image"),
            Json.text(json, "namespace"),
            Json.text(json, "envProcess"),
            Json.strings(json, "envVars"),
            Json.list(json, "constraints"),
            Json.list(json, "secrets"),
            Json.strings(json, "labels"),
            Json.strings(json, "annotations"),
            Json.strings(json, "limits"),
            Json.strings(json, "requests"),
            json.path("readOnlyRootFilesystem").asBoolean(false));
    deployment.requireComplete();
    return deployment;
  }

  /// @throws Refusal 400
  void requireComplete() {
    if (service.isEmpty()) {
      throw Refusal.badRequest("validation failed: service: is required");
    }
    if (!NAME.matcher(service).matches()) {
      throw Refusal.badRequest(
          "validation failed: service: (%s) is invalid, must be a valid DNS entry"
              .formatted(service));
    }
    if (image.isEmpty()) {
      throw Refusal.badRequest("validation failed: image: is required");
    }
    FunctionSchedules.of(annotations)
        .filter(schedules -> !schedules.problems().isEmpty())
        .ifPresent(schedules -> {
          throw Refusal.badRequest(
              "validation failed: annotations: " + String.join("; ", schedules.problems()));
        });
  }
}

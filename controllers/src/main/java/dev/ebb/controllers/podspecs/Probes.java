package dev.ebb.controllers.podspecs;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The probes and hooks of a container. A port that is a name is that of the container's port; one
/// that is left out, as Knative allows, stays 0.
final class Probes {
  private static final int PERIOD_SECONDS = 10;

  private Probes() {}

  static Container.Probes of(JsonNode container) {
    return new Container.Probes(
        probe(container, "startupProbe", PERIOD_SECONDS),
        // Knative leaves the period out, or at 0, for one that is asked all the time; a Pod's
        // default has been written into its spec.
        probe(container, "readinessProbe", 0),
        probe(container, "livenessProbe", PERIOD_SECONDS));
  }

  private static Optional<Probe> probe(JsonNode container, String field, int period) {
    JsonNode probe = container.path(field);
    return action(probe, container)
        .map(action ->
            new Probe(
                action,
                Json.seconds(probe, "initialDelaySeconds", 0),
                Json.seconds(probe, "periodSeconds", period),
                Duration.ofSeconds(atLeastOne(probe, "timeoutSeconds", 1)),
                atLeastOne(probe, "successThreshold", 1),
                atLeastOne(probe, "failureThreshold", 3)));
  }

  /// Empty for one that says nothing to do.
  static Optional<Probe.Action> action(JsonNode handler, JsonNode container) {
    JsonNode exec = handler.path("exec");
    JsonNode http = handler.path("httpGet");
    JsonNode tcp = handler.path("tcpSocket");
    JsonNode grpc = handler.path("grpc");
    JsonNode sleep = handler.path("sleep");
    if (exec.isObject()) {
      return Optional.of(new Probe.Exec(Json.texts(exec.path("command"))));
    }
    if (http.isObject()) {
      String path = Json.text(http, "path");
      return Optional.of(
          new Probe.HttpGet(
              http.path("scheme").asString("HTTP"),
              Json.text(http, "host"),
              port(http.path("port"), container),
              path.startsWith("/") ? path : "/" + path,
              headers(http)));
    }
    if (tcp.isObject()) {
      return Optional.of(
          new Probe.TcpSocket(Json.text(tcp, "host"), port(tcp.path("port"), container)));
    }
    if (grpc.isObject()) {
      return Optional.of(
          new Probe.Grpc(port(grpc.path("port"), container), Json.text(grpc, "service")));
    }
    return sleep.isObject()
        ? Optional.of(new Probe.Sleep(Json.seconds(sleep, "seconds", 0)))
        : Optional.empty();
  }

  private static int port(JsonNode port, JsonNode container) {
    return port.isString() ? Ports.named(container, port.asString()) : port.asInt(0);
  }

  private static List<Probe.Header> headers(JsonNode http) {
    return http.path("httpHeaders")
        .valueStream()
        .map(header -> new Probe.Header(Json.text(header, "name"), Json.text(header, "value")))
        .toList();
  }

  private static int atLeastOne(JsonNode probe, String field, int otherwise) {
    int value = probe.path(field).asInt(0);
    return value < 1 ? otherwise : value;
  }
}

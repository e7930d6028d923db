package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.PathRoute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// `GET /metrics` of the API, as Kubernetes's API server has it: for who scrapes from another
/// machine, over TLS and with the rights of the ClusterRole `system:monitoring`. The port of
/// [MetricsEndpoint] asks nobody who he is, so it is on this machine only.
record MetricsRoute(PrometheusText text) {
  private static final String PATH = "/metrics";

  PathRoute route() {
    return new PathRoute(PATH, /* open= */ false, this::handle);
  }

  private void handle(Exchange exchange) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.write(out);
    exchange.respond(200, PrometheusText.contentType(), out.toByteArray());
  }
}

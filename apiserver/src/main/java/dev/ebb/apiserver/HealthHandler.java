package dev.ebb.apiserver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// `/healthz`, `/livez` and `/readyz`, with `?verbose`, `?exclude=NAME` and one path for each
/// check. The only thing that anybody may ask.
///
/// @see <a href="https://kubernetes.io/docs/reference/using-api/health-checks/">Kubernetes API
///   health endpoints</a>
final class HealthHandler {
  private final Map<String, Map<String, BooleanSupplier>> endpoints = new LinkedHashMap<>();

  HealthHandler(BooleanSupplier ready) {
    Map<String, BooleanSupplier> alive = Map.of("ping", () -> true);
    Map<String, BooleanSupplier> serves = new LinkedHashMap<>(alive);
    serves.put("shutdown", ready);
    endpoints.put("/healthz", alive);
    endpoints.put("/livez", alive);
    endpoints.put("/readyz", serves);
  }

  /// @return whether the path is one of these
  boolean handle(Exchange exchange) {
    for (var endpoint : endpoints.entrySet()) {
      String path = exchange.path();
      if (path.equals(endpoint.getKey()) || path.equals(endpoint.getKey() + "/")) {
        requireReading(exchange);
        all(exchange, endpoint.getKey().substring(1), endpoint.getValue());
        return true;
      }
      if (path.startsWith(endpoint.getKey() + "/")) {
        BooleanSupplier check =
            endpoint.getValue().get(path.substring(endpoint.getKey().length() + 1));
        if (check == null) {
          return false;
        }
        requireReading(exchange);
        boolean passed = check.getAsBoolean();
        Responses.text(exchange, passed ? 200 : 500, passed ? "ok" : "internal server error\n");
        return true;
      }
    }
    return false;
  }

  private static void all(Exchange exchange, String name, Map<String, BooleanSupplier> checks) {
    List<String> excluded = exchange.queryAll("exclude");
    StringBuilder report = new StringBuilder();
    boolean passed = true;
    for (var check : checks.entrySet()) {
      if (excluded.contains(check.getKey())) {
        report.append("[+]").append(check.getKey()).append(" excluded: ok\n");
      } else if (check.getValue().getAsBoolean()) {
        report.append("[+]").append(check.getKey()).append(" ok\n");
      } else {
        passed = false;
        report.append("[-]").append(check.getKey()).append(" failed: reason withheld\n");
      }
    }
    report.append(name).append(passed ? " check passed\n" : " check failed\n");
    boolean verbose = !exchange.queryAll("verbose").isEmpty();
    Responses.text(exchange, passed ? 200 : 500, passed && !verbose ? "ok" : report.toString());
  }

  private static void requireReading(Exchange exchange) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw Refusals.methodNotAllowed();
    }
  }
}

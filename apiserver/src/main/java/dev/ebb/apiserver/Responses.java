package dev.ebb.apiserver;

import dev.ebb.resources.ApiStatus;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Sends documents.
final class Responses {
  private static final String JSON = "application/json";

  private Responses() {}

  static void json(Exchange exchange, int status, JsonNode document) {
    exchange.respond(status, JSON, JsonText.write(document, pretty(exchange)));
  }

  static void send(Exchange exchange, int status, Representation as, JsonNode document) {
    if (as.form() == Representation.Form.YAML) {
      exchange.respond(status, "application/yaml", YamlText.write(document));
    } else {
      json(exchange, status, document);
    }
  }

  static void text(Exchange exchange, int status, String text) {
    exchange.respond(status, "text/plain; charset=utf-8", HelidonExchange.utf8(text));
  }

  static void failure(Exchange exchange, ApiStatus status) {
    if (status.code() == 401) {
      exchange.setHeader("WWW-Authenticate", "Bearer realm=\"ebb\"");
    }
    if (status.retryAfterSeconds() > 0) {
      exchange.setHeader("Retry-After", Integer.toString(status.retryAfterSeconds()));
    }
    json(exchange, status.code(), StatusDocument.failure(status));
  }

  /// As Kubernetes: asked for, or a person with curl or a browser looks at it.
  private static boolean pretty(Exchange exchange) {
    Optional<String> asked = exchange.query("pretty");
    if (asked.isPresent()) {
      return RequestOptions.flag(exchange, "pretty");
    }
    String agent = exchange.header("User-Agent").orElse("");
    return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
  }
}

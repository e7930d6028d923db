package dev.ebb.server.registry;

import dev.ebb.apiserver.Exchange;
import dev.ebb.images.registry.RegistryException.Problem;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A refusal in the specification's form.
///
/// @param status of HTTP
/// @param code one of the specification's, or one more for what is the server's fault
/// @see <a
///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes">OCI
///   distribution specification, "Error Codes"</a>
record RegistryError(int status, String code, String message) {
  private static final JsonMapper JSON = new JsonMapper();

  static RegistryError of(Problem problem, String message) {
    return switch (problem) {
      case NAME_INVALID -> new RegistryError(400, "NAME_INVALID", message);
      case NAME_UNKNOWN -> new RegistryError(404, "NAME_UNKNOWN", message);
      case TAG_INVALID -> new RegistryError(400, "MANIFEST_INVALID", message);
      case BLOB_UNKNOWN -> new RegistryError(404, "BLOB_UNKNOWN", message);
      case UPLOAD_UNKNOWN -> new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", message);
      case UPLOAD_BUSY, TOO_MANY_UPLOADS -> new RegistryError(429, "TOOMANYREQUESTS", message);
      case UPLOAD_OUT_OF_ORDER -> new RegistryError(416, "BLOB_UPLOAD_INVALID", message);
      case DIGEST_INVALID -> new RegistryError(400, "DIGEST_INVALID", message);
      case SIZE_INVALID -> new RegistryError(400, "SIZE_INVALID", message);
      case MANIFEST_UNKNOWN -> new RegistryError(404, "MANIFEST_UNKNOWN", message);
      case MANIFEST_INVALID -> new RegistryError(400, "MANIFEST_INVALID", message);
      case MANIFEST_TOO_LARGE -> new RegistryError(413, "MANIFEST_INVALID", message);
      case MANIFEST_BLOB_UNKNOWN -> new RegistryError(404, "MANIFEST_BLOB_UNKNOWN", message);
      case NO_SPACE -> new RegistryError(507, "UNKNOWN", message);
    };
  }

  /// For what the API server refuses before or instead of the registry.
  static RegistryError of(int status, String message) {
    String code =
        switch (status) {
          case 401 -> "UNAUTHORIZED";
          case 403 -> "DENIED";
          case 429 -> "TOOMANYREQUESTS";
          case 400, 404, 405, 416 -> "UNSUPPORTED";
          default -> "UNKNOWN";
        };
    String told =
        status == 401
            ? "authentication required: any user name, and a token of the API as the password"
            : message;
    return new RegistryError(status, code, told);
  }

  void send(Exchange exchange) {
    if (status == 401) {
      // The form that all clients know; a token in `Bearer` is taken too.
      exchange.setHeader("WWW-Authenticate", "Basic realm=\"ebb\"");
    }
    if (status == 429) {
      exchange.setHeader("Retry-After", "1");
    }
    ObjectNode document = JSON.createObjectNode();
    document.putArray("errors").addObject().put("code", code).put("message", message);
    exchange.respond(
        status, "application/json", document.toString().getBytes(StandardCharsets.UTF_8));
  }
}

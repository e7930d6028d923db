package dev.ebb.apiserver;

import java.util.function.Supplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a program needs that verifies the tokens of ServiceAccounts itself: OpenID Connect
/// Discovery 1.0 and the key set.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery">ServiceAccount
///   issuer discovery</a>
final class IssuerDiscovery {
  private static final String KEYS = "/openid/v1/jwks";

  private final SigningKey key;
  private final Supplier<String> url;

  IssuerDiscovery(SigningKey key, Supplier<String> url) {
    this.key = key;
    this.url = url;
  }

  /// @return whether the path is one of these
  boolean handle(Exchange exchange) {
    switch (exchange.path()) {
      case "/.well-known/openid-configuration" -> {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("issuer", ServiceAccountTokens.ISSUER).put("jwks_uri", url.get() + KEYS);
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add("ES256");
        Responses.json(exchange, 200, document);
      }
      case KEYS ->
          exchange.respond(
              200, "application/jwk-set+json", JsonText.write(key.keySet(), /* pretty= */ false));
      default -> {
        return false;
      }
    }
    return true;
  }
}

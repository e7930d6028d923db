package dev.ebb.apiserver;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Signs and reads JSON Web Tokens (RFC 7519) with ES256, the only algorithm that is accepted: a
/// token that names another, or none, is none.
///
/// Thread-safe. To verify a signature takes a tenth of a millisecond, and a client shows its token
/// with every request, so the claims of some that were verified are kept. What may change with time
/// (the end of a token, the objects that it names) is not: that is for the caller to look at.
final class JsonWebTokens {
  /// Programs that act at one time, each with a token of its own; a larger number costs more
  /// verifying, nothing else.
  private static final int REMEMBERED = 256;

  /// Longer than any of ours; nobody is made to verify a megabyte.
  private static final int MAX_LENGTH = 16 * 1024;

  private static final JsonMapper MAPPER = new JsonMapper();

  private final SigningKey key;
  private final Map<String, JsonNode> verified =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
          return size() > REMEMBERED;
        }
      };

  JsonWebTokens(SigningKey key) {
    this.key = key;
  }

  String sign(ObjectNode claims) {
    ObjectNode header = MAPPER.createObjectNode().put("alg", "ES256").put("kid", key.id());
    String content =
        SigningKey.base64(MAPPER.writeValueAsBytes(header))
            + "."
            + SigningKey.base64(MAPPER.writeValueAsBytes(claims));
    return content + "." + SigningKey.base64(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
  }

  /// The claims of a token that this server signed, whether it has ended or not.
  Optional<JsonNode> claims(String token) {
    synchronized (verified) {
      JsonNode known = verified.get(token);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<JsonNode> claims = verify(token);
    claims.ifPresent(json -> {
      synchronized (verified) {
        verified.put(token, json);
      }
    });
    return claims;
  }

  private Optional<JsonNode> verify(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      JsonNode header = MAPPER.readTree(Base64.getUrlDecoder().decode(parts[0]));
      boolean ours =
          header.path("alg").asString("").equals("ES256")
              && header.path("kid").asString("").equals(key.id());
      byte[] content = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
      if (!ours || !key.verifies(content, Base64.getUrlDecoder().decode(parts[2]))) {
        return Optional.empty();
      }
      return Optional.of(MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1])));
    } catch (IllegalArgumentException | JacksonException e) {
      return Optional.empty(); // Not base64, not JSON: no token.
    }
  }
}

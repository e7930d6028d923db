package dev.ebb.resources.local;

import dev.ebb.resources.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a listing goes on: opaque to clients, the form is that of Kubernetes.
///
/// @param revision the state of the store that all pages show
/// @param start the rest of the last key that was returned, after the prefix of the listing
record ContinueToken(long revision, String start) {
  private static final String VERSION = "meta.k8s.io/v1";
  private static final JsonMapper MAPPER = new JsonMapper();

  /// @throws ApiException 400 when it is none of ours
  static ContinueToken parse(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      JsonNode json = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
      long revision = json.path("rv").asLong(0);
      String start = json.path("start").asString("");
      if (json.path("v").asString("").equals(VERSION) && revision > 0 && !start.isEmpty()) {
        return new ContinueToken(revision, start);
      }
    } catch (IllegalArgumentException | JacksonException e) {
      throw ApiException.badRequest("continue key is not valid: " + e.getMessage());
    }
    throw ApiException.badRequest("continue key is not valid: incorrect encoding or version");
  }

  @Override
  public String toString() {
    String json =
        MAPPER
            .createObjectNode()
            .put("v", VERSION)
            .put("rv", revision)
            .put("start", start)
            .toString();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}

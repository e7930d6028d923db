package dev.ebb.resources.local;

import dev.ebb.resources.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a listing goes on: opaque to clients, the form is that of Kubernetes.
///
/// @param revision the state of the store that all pages show, or [#NEWEST]
/// @param start the rest of the last key that was returned, after the prefix of the listing
record ContinueToken(long revision, String start) {
  /// Goes on in whatever the newest state is then: the state of the first page is gone.
  static final long NEWEST = -1;

  private static final String VERSION = "meta.k8s.io/v1";
  private static final JsonMapper MAPPER = new JsonMapper();

  /// @throws ApiException 400 when it is none of ours
  static ContinueToken parse(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      JsonNode json = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
      if (!json.path("v").asString("").equals(VERSION)) {
        throw invalid(
            "server does not recognize this encoded version " + json.path("v").asString(""));
      }
      long revision = json.path("rv").asLong(0);
      if (revision < NEWEST || revision == 0) {
        throw invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
      }
      String start = json.path("start").asString("");
      if (start.isEmpty()) {
        throw invalid("encoded start key empty (version meta.k8s.io/v1)");
      }
      return new ContinueToken(revision, start);
    } catch (IllegalArgumentException | JacksonException e) {
      throw invalid("incorrect encoding");
    }
  }

  private static ApiException invalid(String problem) {
    return ApiException.badRequest("invalid continue token: continue key is not valid: " + problem);
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

package dev.ebb.apiserver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether an answer is one that a Kubernetes API may give.
final class FuzzVerdict {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final Map<Integer, List<String>> REASONS =
      Map.ofEntries(
          Map.entry(400, List.of("BadRequest")),
          Map.entry(401, List.of("Unauthorized")),
          Map.entry(403, List.of("Forbidden")),
          Map.entry(404, List.of("NotFound")),
          Map.entry(405, List.of("MethodNotAllowed")),
          Map.entry(406, List.of("NotAcceptable")),
          Map.entry(409, List.of("AlreadyExists", "Conflict")),
          Map.entry(410, List.of("Expired")),
          Map.entry(413, List.of("RequestEntityTooLarge")),
          Map.entry(415, List.of("UnsupportedMediaType")),
          Map.entry(422, List.of("Invalid")),
          Map.entry(431, List.of("RequestHeaderFieldsTooLarge")),
          Map.entry(504, List.of("Timeout")));

  private FuzzVerdict() {}

  /// @param changed the keys of the store that were written since it was sent
  /// @return what is wrong
  static Optional<String> of(
      FuzzRequest request, FuzzConnection.Response response, List<String> changed) {
    int code = response.code();
    if (!changed.isEmpty() && (code >= 300 || !writes(request))) {
      return Optional.of("%s changed, though the answer is %d".formatted(changed, code));
    }
    if (code < 400) {
      return code < 200 ? Optional.of("code " + code) : wellFormed(response);
    }
    List<String> reasons = REASONS.get(code);
    if (reasons == null) {
      return Optional.of("code " + code + ": " + text(response));
    }
    // Kubernetes's router answers for groups that are not installed, and knows no Status.
    boolean router = code == 404 && response.body().equals("404 page not found\n");
    return request.method().equals("HEAD") || router
        ? Optional.empty()
        : status(response, code, reasons);
  }

  private static boolean writes(FuzzRequest request) {
    return List.of("POST", "PUT", "PATCH", "DELETE").contains(request.method())
        && !request.target().contains("dryRun=All");
  }

  private static Optional<String> wellFormed(FuzzConnection.Response response) {
    boolean json = response.header("content-type").startsWith("application/json");
    if (!json || response.body().isEmpty()) {
      return Optional.empty();
    }
    try {
      MAPPER.readTree(response.body());
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.of("not JSON: " + e.getOriginalMessage());
    }
  }

  private static Optional<String> status(
      FuzzConnection.Response response, int code, List<String> reasons) {
    try {
      JsonNode status = MAPPER.readTree(response.body());
      boolean fits =
          status.path("kind").asString("").equals("Status")
              && status.path("status").asString("").equals("Failure")
              && status.path("code").asInt(0) == code
              && reasons.contains(status.path("reason").asString(""))
              && !status.path("message").asString("").isEmpty();
      return fits
          ? Optional.empty()
          : Optional.of("no Status that fits the code %d: %s".formatted(code, text(response)));
    } catch (JacksonException e) {
      return Optional.of("no Status with the code %d: %s".formatted(code, text(response)));
    }
  }

  private static String text(FuzzConnection.Response response) {
    String text = response.body();
    return text.length() > 600 ? text.substring(0, 600) : text;
  }
}

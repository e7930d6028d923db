package dev.ebb.apiserver;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.util.List;
import java.util.stream.Collectors;

/// The refusals that only the wire knows, with the reasons of `metav1.StatusReason`.
final class Refusals {
  private Refusals() {}

  static ApiException unauthorized() {
    return plain(401, "Unauthorized", "Unauthorized");
  }

  static UnknownPathException unknownPath() {
    return new UnknownPathException();
  }

  static ApiException methodNotAllowed() {
    return plain(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ApiException notAcceptable(String accepted) {
    return plain(406, "NotAcceptable", "only the following media types are accepted: " + accepted);
  }

  static ApiException bodyTooLarge(int limit) {
    return plain(
        413, "RequestEntityTooLarge", "Request entity too large: limit is %d".formatted(limit));
  }

  static ApiException unsupportedMediaType(String supported) {
    return plain(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
            + supported);
  }

  static ApiException tooManyUpgrades(int limit) {
    return plain(
        429,
        "TooManyRequests",
        "%d connections for streams are open, which is the most; close some and try again"
            .formatted(limit));
  }

  /// The options of a request that no kind owns: `CreateOptions`, `PatchOptions`, `ListOptions`.
  static ApiException invalidOptions(String options, List<FieldError> causes) {
    String all =
        causes.stream()
            .map(cause -> cause.field() + ": " + cause.message())
            .collect(Collectors.joining(", "));
    String message =
        "%s.meta.k8s.io \"\" is invalid: %s"
            .formatted(options, causes.size() == 1 ? all : "[" + all + "]");
    return new ApiException(
        new ApiStatus(422, "Invalid", message, "meta.k8s.io", options, "", causes));
  }

  static ApiException subresourceNotFound(KindDefinition kind, String subresource) {
    return plain(
        404,
        "NotFound",
        "the server could not find the requested resource (%s/%s)"
            .formatted(kind.qualifiedPlural(), subresource));
  }

  /// Says nothing but an id, under which the log has the cause.
  static ApiStatus internalError(String id) {
    return new ApiStatus(
        500,
        "InternalError",
        "Internal error occurred; the server's log has it under the id " + id,
        "",
        "",
        "",
        List.of());
  }

  private static ApiException plain(int code, String reason, String message) {
    return new ApiException(new ApiStatus(code, reason, message, "", "", "", List.of()));
  }
}

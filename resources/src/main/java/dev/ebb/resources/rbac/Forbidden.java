package dev.ebb.resources.rbac;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.util.List;

/// The refusal of a request, in the words of Kubernetes, which people and tools search for.
public final class Forbidden {
  private Forbidden() {}

  /// `pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace
  /// "default"`.
  ///
  /// @param reason why the rules could not be read as they were meant; may be empty
  public static ApiException of(AccessRequest request, String reason) {
    String text = sentence(request) + (reason.isEmpty() ? "" : ": " + reason);
    String qualified =
        request.group().isEmpty() ? request.resource() : request.resource() + "." + request.group();
    String message;
    if (!request.isForResource()) {
      message = "forbidden: " + text;
    } else if (request.name().isEmpty()) {
      message = qualified + " is forbidden: " + text;
    } else {
      message = "%s \"%s\" is forbidden: %s".formatted(qualified, request.name(), text);
    }
    return new ApiException(
        new ApiStatus(
            403,
            "Forbidden",
            message,
            request.group(),
            request.resource(),
            request.name(),
            List.of()));
  }

  private static String sentence(AccessRequest request) {
    String who = "User \"" + request.subject().name() + "\" cannot " + request.verb();
    if (!request.isForResource()) {
      return who + " path \"" + request.path() + "\"";
    }
    String what =
        " resource \"%s\" in API group \"%s\""
            .formatted(request.qualifiedResource(), request.group());
    return who
        + what
        + (request.namespace().isEmpty()
            ? " at the cluster scope"
            : " in the namespace \"" + request.namespace() + "\"");
  }
}

package dev.ebb.resources;

import dev.ebb.kinds.FieldError;
import java.util.List;

/// Why a request was refused, in the words of a Kubernetes `Status`.
///
/// @param code the HTTP status code
/// @param reason `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `BadRequest`, `Expired`,
///   `UnsupportedMediaType`, `Forbidden`, `InsufficientStorage`, ...
/// @param group the group of the kind in question, empty for core or none
/// @param kind what `details.kind` names: the plural, except for `Invalid` the kind
/// @param name the object in question, or empty
/// @param retryAfterSeconds when the same request may succeed; 0 when nobody knows
/// @param continueToken with which an expired listing may go on all the same, or empty
public record ApiStatus(
    int code,
    String reason,
    String message,
    String group,
    String kind,
    String name,
    List<FieldError> causes,
    int retryAfterSeconds,
    String continueToken) {
  public ApiStatus {
    causes = List.copyOf(causes);
  }

  public ApiStatus(
      int code,
      String reason,
      String message,
      String group,
      String kind,
      String name,
      List<FieldError> causes) {
    this(code, reason, message, group, kind, name, causes, 0, "");
  }
}

package dev.ebb.resources;

import dev.ebb.kinds.Denial;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import java.util.List;
import java.util.stream.Collectors;

/// A request was refused; nothing was changed.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiStatus status;

  public ApiException(ApiStatus status) {
    super(status.message());
    this.status = status;
  }

  public ApiStatus status() {
    return status;
  }

  public boolean isNotFound() {
    return status.code() == 404;
  }

  public boolean isAlreadyExists() {
    return status.reason().equals("AlreadyExists");
  }

  public boolean isConflict() {
    return status.reason().equals("Conflict");
  }

  public static ApiException notFound(KindDefinition kind, String name) {
    return of(404, "NotFound", kind, name, "%s \"%s\" not found");
  }

  /// The API does not have the kind any more.
  public static ApiException notServed(KindDefinition kind) {
    return new ApiException(
        new ApiStatus(
            404,
            "NotFound",
            "the server could not find the requested resource",
            kind.group(),
            kind.plural(),
            "",
            List.of()));
  }

  public static ApiException alreadyExists(KindDefinition kind, String name) {
    return of(409, "AlreadyExists", kind, name, "%s \"%s\" already exists");
  }

  /// Every name that was made up is taken.
  public static ApiException noNameLeft(KindDefinition kind, String name) {
    ApiStatus taken =
        of(
                409,
                "AlreadyExists",
                kind,
                name,
                "%s \"%s\" already exists, the server was not able to generate a unique name for the"
                    + " object")
            .status();
    return new ApiException(
        new ApiStatus(
            taken.code(),
            taken.reason(),
            taken.message(),
            taken.group(),
            taken.kind(),
            taken.name(),
            List.of(),
            1,
            ""));
  }

  public static ApiException conflict(KindDefinition kind, String name) {
    return of(
        409,
        "Conflict",
        kind,
        name,
        "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please apply"
            + " your changes to the latest version and try again");
  }

  public static ApiException invalid(KindDefinition kind, String name, List<FieldError> causes) {
    String all =
        causes.stream()
            .map(cause -> cause.field() + ": " + cause.message())
            .collect(Collectors.joining(", "));
    String type = kind.type().kind();
    String qualified = kind.group().isEmpty() ? type : type + "." + kind.group();
    String message =
        "%s \"%s\" is invalid: %s"
            .formatted(qualified, name, causes.size() == 1 ? all : "[" + all + "]");
    return new ApiException(
        new ApiStatus(422, "Invalid", message, kind.group(), type, name, causes));
  }

  /// A patch that leads to what is no object of the kind.
  ///
  /// @param patched the object as the patch would leave it
  public static ApiException invalidPatch(String patched, String problem) {
    FieldError cause = FieldError.invalid("patch", patched, problem);
    return new ApiException(
        new ApiStatus(
            422,
            "Invalid",
            " \"\" is invalid: patch: " + cause.message(),
            "",
            "",
            "",
            List.of(cause)));
  }

  public static ApiException badRequest(String message) {
    return new ApiException(new ApiStatus(400, "BadRequest", message, "", "", "", List.of()));
  }

  /// As what an admission webhook of a cluster refuses, if it refuses as a bad request.
  public static ApiException denied(String webhook, String why) {
    return badRequest(denial(webhook, why));
  }

  /// The same of an object, with what is wrong for programs to read too.
  public static ApiException denied(
      String webhook, KindDefinition kind, String name, List<FieldError> causes) {
    return new ApiException(
        new ApiStatus(
            400,
            "BadRequest",
            denial(webhook, Denial.of(causes)),
            kind.group(),
            kind.type().kind(),
            name,
            causes));
  }

  private static String denial(String webhook, String why) {
    return "admission webhook \"%s\" denied the request: %s".formatted(webhook, why);
  }

  public static ApiException forbidden(KindDefinition kind, String name, String why) {
    return of(403, "Forbidden", kind, name, "%s \"%s\" is forbidden: " + why.replace("%", "%%"));
  }

  /// A condition of the write itself (uid, resource version) does not hold.
  public static ApiException preconditionFailed(KindDefinition kind, String name, String why) {
    return of(
        409,
        "Conflict",
        kind,
        name,
        "Operation cannot be fulfilled on %s \"%s\": Precondition failed: "
            + why.replace("%", "%%"));
  }

  /// A precondition of a deletion does not hold; Kubernetes names the kind here, not its plural.
  public static ApiException deletionConflict(KindDefinition kind, String name, String why) {
    String type = kind.type().kind();
    String qualified = kind.group().isEmpty() ? type : type + "." + kind.group();
    return new ApiException(
        new ApiStatus(
            409,
            "Conflict",
            "Operation cannot be fulfilled on %s \"%s\": %s".formatted(qualified, name, why),
            kind.group(),
            type,
            name,
            List.of()));
  }

  public static ApiException unsupportedMediaType(String message) {
    return new ApiException(
        new ApiStatus(415, "UnsupportedMediaType", message, "", "", "", List.of()));
  }

  public static ApiException tooLarge(String message) {
    return new ApiException(
        new ApiStatus(413, "RequestEntityTooLarge", message, "", "", "", List.of()));
  }

  public static ApiException unprocessable(String message, List<FieldError> causes) {
    return new ApiException(new ApiStatus(422, "Invalid", message, "", "", "", causes));
  }

  public static ApiException expired(String message) {
    return expired(message, "");
  }

  /// @param continueToken with which the listing may go on, at another state
  public static ApiException expired(String message, String continueToken) {
    return new ApiException(
        new ApiStatus(410, "Expired", message, "", "", "", List.of(), 0, continueToken));
  }

  /// A state that does not exist yet was asked for.
  public static ApiException versionTooLarge(long wanted, long current) {
    String problem = "Too large resource version";
    return new ApiException(
        new ApiStatus(
            504,
            "Timeout",
            "Timeout: %s: %d, current: %d".formatted(problem, wanted, current),
            "",
            "",
            "",
            List.of(new FieldError("ResourceVersionTooLarge", "", problem)),
            1,
            ""));
  }

  /// No room on the disk. Kubernetes has no reason for it, for etcd is another machine's trouble;
  /// the code is that of RFC 4918, section 11.5.
  public static ApiException insufficientStorage(
      KindDefinition kind, String name, RuntimeException cause) {
    return unwritten(
        507,
        "InsufficientStorage",
        kind,
        name,
        cause,
        ". Nothing was changed. Free some space on that disk and try again; the server needs no"
            + " restart.");
  }

  /// The store is broken, and has told why.
  public static ApiException notStored(KindDefinition kind, String name, RuntimeException cause) {
    return unwritten(500, "InternalError", kind, name, cause, "");
  }

  private static ApiException unwritten(
      int code,
      String reason,
      KindDefinition kind,
      String name,
      RuntimeException cause,
      String advice) {
    String why = cause.getMessage() + advice;
    ApiException exception =
        of(code, reason, kind, name, "%s \"%s\" cannot be stored: " + why.replace("%", "%%"));
    exception.initCause(cause);
    return exception;
  }

  private static ApiException of(
      int code, String reason, KindDefinition kind, String name, String format) {
    return new ApiException(
        new ApiStatus(
            code,
            reason,
            format.formatted(kind.qualifiedPlural(), name),
            kind.group(),
            kind.plural(),
            name,
            List.of()));
  }
}

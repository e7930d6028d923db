package dev.ebb.apiserver;

import dev.ebb.resources.ApiStatus;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.util.List;
import java.util.Locale;

/// What Helidon refuses before a handler sees it, as a `Status`.
final class ProtocolErrors implements DirectHandler {
  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType eventType,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    if (!eventType.keepAlive() && ClientConnection.CURRENT.isBound()) {
      ClientConnection.CURRENT.get().input().refuseRest();
    }
    ApiStatus refusal =
        new ApiStatus(status.code(), reason(status), text(status, message), "", "", "", List.of());
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .keepAlive(eventType.keepAlive())
        .entity(JsonText.write(StatusDocument.failure(refusal), /* pretty= */ false))
        .build();
  }

  /// The words of `metav1.StatusReason` where it has one for the code.
  private static String reason(Status status) {
    return switch (status.code()) {
      case 400 -> "BadRequest";
      case 413 -> "RequestEntityTooLarge";
      case 500 -> "InternalError";
      case 503 -> "ServiceUnavailable";
      default -> status.reasonPhrase().replace(" ", "");
    };
  }

  private static String text(Status status, String message) {
    return message == null || message.isBlank() || status.code() == 500
        ? status.reasonPhrase().toLowerCase(Locale.ROOT)
        : message;
  }
}

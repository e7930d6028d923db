package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request and what is known of it so far, for the log and the metrics. Belongs to the event loop
/// of its connection.
final class ClientRequest {
  final HttpRequest message;
  final RequestTarget target;
  final String id;
  final long arrivedAt;

  /// The protocol that the client would rather speak.
  final Optional<String> upgrade;

  /// Whether the header announces a body, if only an empty one; or the connection speaks another
  /// protocol now.
  boolean hasBody;

  /// Whether what follows the header is of another protocol.
  boolean upgraded;

  @Nullable Route route;
  @Nullable Throttle throttle;

  /// How often it was sent elsewhere before an instance got it.
  int routings;

  /// What the response tells the client to send next time; empty for nothing.
  String setCookie = "";

  /// What its caller is told of it as a call, once that is known; null for a plain request.
  @Nullable CallHeaders callHeaders;

  String answeredBy = "";
  String instance = "";
  @Nullable SocketAddress instanceAddress;
  int status;
  long requestBytes;
  long responseBytes;
  long queuedNanos;

  /// Whether it found no instance free.
  boolean waited;

  ClientRequest(HttpRequest message, RequestTarget target, String id, long arrivedAt) {
    this.message = message;
    this.target = target;
    this.id = id;
    this.arrivedAt = arrivedAt;
    String length = message.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    this.hasBody =
        length != null
            ? !length.equals("0")
            : message.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
    this.upgrade = Upgrade.of(message, hasBody);
  }

  boolean isHead() {
    return message.method().equals(HttpMethod.HEAD);
  }

  /// Methods whose request may be sent again without asking (RFC 9110, section 9.2.2).
  boolean isIdempotent() {
    return switch (message.method().name()) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}

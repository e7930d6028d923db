package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;

/// Which requests are refused before anybody asks where they go. After each of these the framing of
/// what follows is not to be trusted, so the connection is closed.
final class RequestCheck {
  private RequestCheck() {}

  static Optional<Failure> check(HttpRequest request, GatewayConfig config) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(malformed(request.decoderResult().cause(), config));
    }
    if (request.protocolVersion().majorVersion() != 1) {
      return Optional.of(
          new Failure(505, "BadRequest", "only HTTP/1.1 and HTTP/1.0 are spoken here", 0));
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return Optional.of(new Failure(405, "BadRequest", "this is no forward proxy", 0));
    }
    if (badLength(request)) {
      return Optional.of(Failure.badRequest("Content-Length is not a number"));
    }
    if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      Optional<Failure> failure = checkEncoding(request);
      if (failure.isPresent()) {
        return failure;
      }
    }
    long limit = config.maxBodyBytes();
    if (limit > 0
        && request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        && HttpUtil.getContentLength(request, 0L) > limit) {
      return Optional.of(bodyTooLarge(limit));
    }
    return Optional.empty();
  }

  static Failure malformed(Throwable cause, GatewayConfig config) {
    return switch (cause) {
      case TooLongHttpHeaderException _ ->
          new Failure(
              431,
              "HeadersTooLarge",
              "the header fields have more than " + config.maxHeaderBytes() + " bytes",
              0);
      case TooLongHttpLineException _ ->
          new Failure(
              414,
              "BadRequest",
              "the request line has more than " + config.maxRequestLineBytes() + " bytes",
              0);
      default -> Failure.badRequest("malformed request: " + cause.getMessage());
    };
  }

  static Failure bodyTooLarge(long limit) {
    return new Failure(413, "BodyTooLarge", "the body has more than " + limit + " bytes", 0);
  }

  /// The decoder reads numbers as Java does, with signs.
  private static boolean badLength(HttpRequest request) {
    String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null) {
      return false;
    }
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return true;
      }
    }
    return length.isEmpty();
  }

  private static Optional<Failure> checkEncoding(HttpRequest request) {
    if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return Optional.of(Failure.badRequest("Transfer-Encoding needs HTTP/1.1"));
    }
    if (request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      return Optional.of(Failure.badRequest("both Content-Length and Transfer-Encoding"));
    }
    List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return encodings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst())
        ? Optional.empty()
        : Optional.of(
            new Failure(501, "BadRequest", "the only transfer coding known here is chunked", 0));
  }
}

package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;

/// The responses that the gateway makes itself, and what it says in all of them about the
/// connection.
final class Responses {
  private static final AsciiString INTERNAL = AsciiString.cached("X-OpenFaaS-Internal");

  private Responses() {}

  static FullHttpResponse empty(int status) {
    return of(status, Unpooled.EMPTY_BUFFER);
  }

  static FullHttpResponse of(Failure failure, String requestId) {
    byte[] body = ErrorBody.of(failure, requestId).getBytes(UTF_8);
    FullHttpResponse response = of(failure.status(), Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    if (failure.retryAfterSeconds() > 0) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, failure.retryAfterSeconds());
    }
    return response;
  }

  /// To what was never a whole request.
  static FullHttpResponse last(Failure failure, String requestId) {
    FullHttpResponse response = of(failure, requestId);
    response.headers().set(ClientConnection.REQUEST_ID, requestId);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return response;
  }

  /// The same as [#of(Failure, String)], with what callers of functions are told besides.
  static FullHttpResponse of(Failure failure, ClientRequest request) {
    FullHttpResponse response = of(failure, request.id);
    Route route = request.route;
    if (route != null && route.hasCallHeaders()) {
      // As OpenFaaS's gateway tells its queue worker that the function has not answered.
      response.headers().set(INTERNAL, failure.reason());
    }
    return response;
  }

  private static FullHttpResponse of(int status, ByteBuf body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    return response;
  }

  /// A header that no body follows.
  static FullHttpResponse headOnly(HttpResponse head) {
    return new DefaultFullHttpResponse(
        head.protocolVersion(),
        head.status(),
        Unpooled.EMPTY_BUFFER,
        head.headers(),
        EmptyHttpHeaders.INSTANCE);
  }

  /// A header and all of its body. Takes over the content.
  static FullHttpResponse whole(HttpResponse head, LastHttpContent content) {
    return new DefaultFullHttpResponse(
        head.protocolVersion(),
        head.status(),
        content.content(),
        head.headers(),
        content.trailingHeaders());
  }

  /// Tells the client where the body ends (RFC 9112, section 6.3), and whether the connection does
  /// there. Returns the latter.
  ///
  /// @param closing whether it must
  static boolean frame(HttpResponse head, ClientRequest answered, boolean closing) {
    HttpHeaders headers = head.headers();
    int status = head.status().code();
    boolean bodyless = answered.isHead() || status == 204 || status == 304;
    boolean sized = bodyless || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
    boolean old = !answered.message.protocolVersion().equals(HttpVersion.HTTP_1_1);
    boolean close = closing || (old && !sized);
    if (old) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    } else if (!sized) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (close) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (old) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    head.setProtocolVersion(HttpVersion.HTTP_1_1);
    return close;
  }
}

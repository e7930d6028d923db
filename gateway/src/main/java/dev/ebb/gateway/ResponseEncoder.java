package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Netty's encoder, told by the connection whether the response answers a HEAD request.
final class ResponseEncoder extends HttpResponseEncoder {
  private boolean head;

  /// For the responses from now on.
  void head(boolean answersHead) {
    this.head = answersHead;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return head || super.isContentAlwaysEmpty(response);
  }
}

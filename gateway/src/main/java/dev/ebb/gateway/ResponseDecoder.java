package dev.ebb.gateway;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/// Netty's decoder, told by the connection whether the response answers a HEAD request.
final class ResponseDecoder extends HttpResponseDecoder {
  /// Instances may send larger headers than clients may: a cookie set many times is theirs to give.
  private static final int MAX_HEADER_BYTES = 256 * 1024;

  private boolean head;

  ResponseDecoder() {
    // Names and values are not looked at again: they cannot hold a line break, being lines.
    super(
        new HttpDecoderConfig()
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(Integer.MAX_VALUE)
            .setAllowPartialChunks(true)
            .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory().withValidation(false)));
  }

  /// For the responses from now on.
  void head(boolean answersHead) {
    this.head = answersHead;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    return head || super.isContentAlwaysEmpty(message);
  }
}

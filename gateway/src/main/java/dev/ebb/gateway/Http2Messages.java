package dev.ebb.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import java.util.ArrayList;
import java.util.List;

/// Makes the frames of one HTTP/2 stream messages as HTTP/1.1 has them and back, so that requests
/// are routed, admitted and forwarded by the same code whatever is spoken on either side.
final class Http2Messages extends Http2StreamFrameToHttpObjectCodec {
  private static final List<ExtensionHeaderNames> EXTENSIONS =
      List.of(ExtensionHeaderNames.values());

  private Http2Messages(boolean server) {
    super(server);
  }

  static Http2Messages ofClient() {
    return new Http2Messages(true);
  }

  static Http2Messages ofInstance() {
    return new Http2Messages(false);
  }

  /// Netty tells of the stream in headers of its own, which would look like the sender's; and a
  /// message without a body comes from it as one object, from its decoders of HTTP/1.1 as two.
  @Override
  protected void decode(ChannelHandlerContext ctx, Http2StreamFrame frame, List<Object> out)
      throws Exception {
    List<Object> messages = new ArrayList<>(1);
    super.decode(ctx, frame, messages);
    for (Object message : messages) {
      if (message instanceof HttpMessage head) {
        EXTENSIONS.forEach(name -> head.headers().remove(name.text()));
      }
      switch (message) {
        case FullHttpRequest whole -> {
          out.add(
              new DefaultHttpRequest(
                  whole.protocolVersion(), whole.method(), whole.uri(), whole.headers()));
          out.add(LastHttpContent.EMPTY_LAST_CONTENT);
          whole.release();
        }
        case FullHttpResponse whole -> {
          out.add(
              new DefaultHttpResponse(whole.protocolVersion(), whole.status(), whole.headers()));
          out.add(LastHttpContent.EMPTY_LAST_CONTENT);
          whole.release();
        }
        default -> out.add(message);
      }
    }
  }
}

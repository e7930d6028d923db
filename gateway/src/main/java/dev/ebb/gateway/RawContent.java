package dev.ebb.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;

/// Takes the place of HTTP's codecs once both sides speak another protocol (RFC 9110, section 7.8):
/// its bytes pass as content that has no end.
final class RawContent extends ChannelDuplexHandler {
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    // What the decoder before it has made already is still HTTP's.
    ctx.fireChannelRead(message instanceof ByteBuf bytes ? new DefaultHttpContent(bytes) : message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var _ =
        ctx.write(message instanceof HttpContent content ? content.content() : message, promise);
  }
}

package dev.ebb.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Looks at the first bytes of a client: those of HTTP/2 with prior knowledge begin with a preface
/// that is no HTTP/1.1 request (RFC 9113, section 3.4). Takes itself away when it knows. The same
/// bytes come where TLS agreed on HTTP/2 (ALPN, RFC 7301), so nobody asks there.
final class ProtocolChoice extends ByteToMessageDecoder {
  private static final byte[] PREFACE = {
    'P', 'R', 'I', ' ', '*', ' ', 'H', 'T', 'T', 'P', '/', '2', '.', '0'
  };

  private final LoopState loop;
  private final GatewayContext gateway;
  private final boolean secure;
  private final DeadlineWheel.Timer timer;
  private boolean begun;

  /// @param secure whether the connection has TLS
  ProtocolChoice(Channel channel, LoopState loop, GatewayContext gateway, boolean secure) {
    this.secure = secure;
    this.loop = loop;
    this.gateway = gateway;
    this.timer =
        new DeadlineWheel.Timer(() -> {
          var _ = channel.close();
        });
    loop.wheel.set(timer, now() + gateway.config().keepAliveTimeout().toNanos());
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int length = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        decided(ctx, false);
        return;
      }
    }
    if (length == PREFACE.length) {
      decided(ctx, true);
    } else if (!begun) {
      begun = true;
      loop.wheel.set(timer, now() + gateway.config().headTimeout().toNanos());
    }
  }

  /// What was read goes on to the handlers that come now.
  private void decided(ChannelHandlerContext ctx, boolean http2) {
    loop.wheel.cancel(timer);
    if (http2) {
      Http2Clients.install(ctx.channel(), loop, gateway, secure);
    } else {
      new ClientConnection(ctx.channel(), loop, gateway, new Http1Framing(gateway.config()), secure)
          .install();
    }
    ctx.pipeline().remove(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    loop.wheel.cancel(timer);
  }

  private long now() {
    return gateway.nanoTime().getAsLong();
  }
}

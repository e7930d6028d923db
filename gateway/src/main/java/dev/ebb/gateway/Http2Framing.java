package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/// One stream of HTTP/2 (RFC 9113): a request and its response.
final class Http2Framing implements ClientFraming {
  private @Nullable ChannelFuture lastWritten;

  @Override
  public void install(Channel channel, ChannelHandler connection) {
    channel.pipeline().addLast(Http2Messages.ofClient(), new EndOfResponse(), connection);
  }

  private final class EndOfResponse extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof LastHttpContent) {
        ChannelPromise real = promise.unvoid();
        lastWritten = real;
        var _ = ctx.write(message, real);
      } else {
        var _ = ctx.write(message, promise);
      }
    }
  }

  /// A header comes as a whole.
  @Override
  public boolean midHead() {
    return false;
  }

  @Override
  public void answersHead(boolean head) {}

  @Override
  public Object informational(HttpResponse head) {
    return Responses.headOnly(head);
  }

  @Override
  public String protocol() {
    return "HTTP/2.0";
  }

  @Override
  public boolean oneRequest() {
    return true;
  }

  @Override
  public void upgrade(Channel channel) {
    throw new IllegalStateException("a stream of HTTP/2 does not change its protocol");
  }

  /// The client of a whole response may be asked to send no more (RFC 9113, section 8.1); sooner,
  /// the reset would overtake the response.
  @Override
  public void end(Channel channel, boolean quiet, DeadlineWheel wheel, long nowNanos) {
    ChannelFuture last = lastWritten;
    if (!quiet && last != null) {
      last.addListener(written -> {
        if (channel.isActive()) {
          channel
              .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR))
              .addListener(ChannelFutureListener.CLOSE);
        }
      });
    }
  }
}

package dev.ebb.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpResponse;

/// HTTP/1.1 and 1.0 (RFC 9112).
final class Http1Framing implements ClientFraming {
  private final RequestDecoder decoder;
  private final ResponseEncoder encoder = new ResponseEncoder();

  Http1Framing(GatewayConfig config) {
    decoder = new RequestDecoder(config);
  }

  @Override
  public void install(Channel channel, ChannelHandler connection) {
    channel.pipeline().addLast(decoder, encoder, connection);
  }

  @Override
  public boolean midHead() {
    return decoder.midHead();
  }

  @Override
  public void answersHead(boolean head) {
    encoder.head(head);
  }

  @Override
  public Object informational(HttpResponse head) {
    return Responses.headOnly(head);
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public boolean oneRequest() {
    return false;
  }

  /// What the decoder has not decoded yet comes as bytes.
  @Override
  public void upgrade(Channel channel) {
    channel.pipeline().remove(encoder);
    channel.pipeline().replace(decoder, null, new RawContent());
  }

  @Override
  public void end(Channel channel, boolean quiet, DeadlineWheel wheel, long nowNanos) {
    if (quiet) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      LingeringClose.begin(channel, wheel, nowNanos);
    }
  }
}

package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;

/// A client's connection that speaks HTTP/2: each of its streams is a [ClientConnection] with one
/// request. Netty refuses what only an attacker sends: endless headers, empty frames and resets
/// (CVE-2023-44487) beyond a rate.
final class Http2Clients {
  /// As most servers have it; more requests wait at the client.
  private static final int MAX_STREAMS = 100;

  /// What a connection may hold of bodies that instances do not take yet: sixteen streams can stand
  /// still before the others do.
  private static final int CONNECTION_WINDOW = 1024 * 1024;

  private static final int DEFAULT_WINDOW = 65_535;

  private Http2Clients() {}

  /// Takes the channel over.
  ///
  /// @param secure whether the connection has TLS
  static void install(Channel channel, LoopState loop, GatewayContext gateway, boolean secure) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .maxHeaderListSize(gateway.config().maxHeaderBytes()))
            .gracefulShutdownTimeoutMillis(gateway.config().drainTimeout().toMillis())
            .build();
    channel
        .pipeline()
        .addLast(
            codec,
            new Http2MultiplexHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    new ClientConnection(stream, loop, gateway, new Http2Framing(), secure)
                        .install();
                  }
                }),
            new Failures(gateway));
    try {
      codec
          .connection()
          .local()
          .flowController()
          .incrementWindowSize(
              codec.connection().connectionStream(), CONNECTION_WINDOW - DEFAULT_WINDOW);
    } catch (Http2Exception e) {
      throw new IllegalStateException("the first window of a connection", e);
    }
  }

  /// What goes wrong with the connection as a whole.
  private static final class Failures extends ChannelInboundHandlerAdapter {
    private final GatewayContext gateway;

    Failures(GatewayContext gateway) {
      this.gateway = gateway;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      gateway.metrics().connectionFailed(cause);
      var _ = ctx.close();
    }
  }
}

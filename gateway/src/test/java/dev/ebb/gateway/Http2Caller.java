package dev.ebb.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client with one HTTP/2 connection to the gateway, with TLS or without.
final class Http2Caller implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel connection;

  Http2Caller(int port) {
    this(port, Optional.empty());
  }

  /// @param tls for a connection to `hello.example`
  Http2Caller(int port, Optional<SslContext> tls) {
    connection =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    tls.ifPresent(context ->
                        channel
                            .pipeline()
                            .addLast(context.newHandler(channel.alloc(), "hello.example", port)));
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), port)
            .syncUninterruptibly()
            .channel();
  }

  boolean isOpen() {
    return connection.isActive();
  }

  /// Sends a header; the body follows unless it ends here.
  Stream request(String method, String path, boolean end) {
    Http2StreamChannel channel =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    opened.pipeline().addLast(new Stream(opened));
                  }
                })
            .open()
            .syncUninterruptibly()
            .getNow();
    Stream stream = channel.pipeline().get(Stream.class);
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method(method)
            .path(path)
            .scheme("http")
            .authority("hello.example")
            .set("te", "trailers");
    channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end)).syncUninterruptibly();
    return stream;
  }

  /// What came on one stream, in words: `headers 200`, `data TEXT`, `trailers 0`, `reset CANCEL`.
  static final class Stream extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Channel channel;

    Stream(Channel channel) {
      this.channel = channel;
    }

    void send(String text, boolean end) {
      sendSoon(text, end).syncUninterruptibly();
    }

    /// Does not wait for room in the other side's window.
    ChannelFuture sendSoon(String text, boolean end) {
      return channel.writeAndFlush(
          new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), end));
    }

    void cancel() {
      channel.close().syncUninterruptibly();
    }

    String next() throws InterruptedException {
      String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return event == null ? "nothing" : event;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      switch (message) {
        case Http2HeadersFrame frame when frame.headers().status() != null -> {
          events.add("headers " + frame.headers().status());
          if (frame.isEndStream()) {
            events.add("end");
          }
        }
        case Http2HeadersFrame frame ->
            events.add("trailers " + frame.headers().get("grpc-status"));
        case Http2DataFrame frame -> {
          if (frame.content().isReadable()) {
            events.add("data " + frame.content().toString(StandardCharsets.UTF_8));
          }
          if (frame.isEndStream()) {
            events.add("end");
          }
        }
        default -> {}
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        events.add("reset " + reset.errorCode());
      }
    }
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }
}

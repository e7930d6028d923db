package dev.ebb.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Closes the connection of a client that was answered for good while it still sends.
///
/// To close at once would reset the connection, and the reset can destroy the answer before the
/// client has read it (RFC 9112, section 9.6). So only our half is closed; what still comes is
/// thrown away unread. Programs that first send everything and then read get their answer that way;
/// from those that send even more, nothing is taken any more, and the answer waits for them in
/// their own socket. Whatever the client does, the connection is gone after [#NANOS]. Where there
/// is TLS, the end is told in it first, as an end without that could be somebody else's doing.
final class LingeringClose extends ChannelInboundHandlerAdapter {
  /// How long a client has to take its answer.
  static final long NANOS = TimeUnit.SECONDS.toNanos(2);

  /// What is thrown away for it: a few milliseconds' work on one core.
  private static final long MAX_BYTES = 16 * 1024 * 1024;

  private final Channel channel;
  private final DeadlineWheel wheel;
  private final DeadlineWheel.Timer timer;
  private long bytes;

  private LingeringClose(Channel channel, DeadlineWheel wheel) {
    this.channel = channel;
    this.wheel = wheel;
    this.timer =
        new DeadlineWheel.Timer(() -> {
          var _ = channel.close();
        });
  }

  /// Takes the place of all handlers but TLS. What was written to the channel is sent first.
  static void begin(Channel channel, DeadlineWheel wheel, long nowNanos) {
    LingeringClose lingering = new LingeringClose(channel, wheel);
    wheel.set(lingering.timer, nowNanos + NANOS);
    channel.pipeline().addLast(lingering);
    for (ChannelHandler other : channel.pipeline().toMap().values()) {
      if (other != lingering && !(other instanceof SslHandler)) {
        channel.pipeline().remove(other);
      }
    }
    channel.config().setAutoRead(true);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> {
          SslHandler tls = channel.pipeline().get(SslHandler.class);
          if (sent.isSuccess() && tls != null) {
            tls.closeOutbound().addListener(told -> shutDown(channel, told.isSuccess()));
          } else {
            shutDown(channel, sent.isSuccess());
          }
        });
  }

  private static void shutDown(Channel channel, boolean sent) {
    if (sent && channel instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    } else {
      var _ = channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf buffer) {
      bytes += buffer.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (bytes > MAX_BYTES) {
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The client closed first: nobody is left to tell.
    var _ = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
  }
}

package dev.ebb.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One connection to an instance or URL: idle in its pool, or serving one exchange. With HTTP/2 it
/// is one stream.
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  /// Told what happens on the connection while the exchange has it.
  interface User {
    void responseHead(HttpResponse head);

    /// Takes over the content.
    void responseContent(HttpContent content);

    /// No more to read for the moment.
    void responseFlush();

    void requestWritable();

    /// The connection is gone; nothing more is told.
    void connectionLost(String reason);
  }

  final ConnectionPool pool;
  long idleSince;

  /// Whether an earlier exchange used it: then it may have grown stale in the pool.
  boolean reused;

  private final boolean http2;
  private final ResponseDecoder decoder = new ResponseDecoder();
  private @Nullable ChannelHandlerContext context;
  private @Nullable User user;
  private boolean outputClosed;
  private boolean unprocessed;

  /// When the request was given to it; only then is it known what became of it.
  private Optional<TcpProgress> before = Optional.empty();

  private boolean answered;
  private String failure = "the connection was closed";

  private UpstreamConnection(ConnectionPool pool, boolean http2) {
    this.pool = pool;
    this.http2 = http2;
  }

  static UpstreamConnection http1(ConnectionPool pool) {
    return new UpstreamConnection(pool, false);
  }

  /// A stream of a connection.
  static UpstreamConnection http2(ConnectionPool pool) {
    return new UpstreamConnection(pool, true);
  }

  /// Whether it is a stream of HTTP/2, which has trailers without asking and no chunks.
  boolean isHttp2() {
    return http2;
  }

  ChannelHandler initializer() {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        if (http2) {
          channel.pipeline().addLast(Http2Messages.ofInstance(), UpstreamConnection.this);
        } else {
          channel.pipeline().addLast(decoder, new HttpRequestEncoder(), UpstreamConnection.this);
        }
      }
    };
  }

  /// Gives the connection to an exchange.
  void attach(User exchange, boolean headRequest) {
    user = exchange;
    decoder.head(headRequest);
  }

  /// Somebody else is told from now on.
  void hand(User other) {
    user = other;
  }

  /// Takes it back. It is read from again, whatever back-pressure the exchange had put on it.
  void detach() {
    user = null;
    reused = true;
    before = Optional.empty();
    answered = false;
    if (context().channel().isActive()) {
      reading(true);
    }
  }

  /// What comes and goes from now on are the bytes of another protocol.
  void upgrade() {
    var pipeline = context().pipeline();
    pipeline.remove(HttpRequestEncoder.class);
    pipeline.replace(decoder, null, new RawContent());
  }

  boolean writable() {
    return !outputClosed && context().channel().isWritable();
  }

  /// Whether the other side takes nothing any more. It may have answered before that, so what it
  /// sent is still read: the connection is lost only when it ends on that side too.
  boolean outputClosed() {
    return outputClosed;
  }

  void write(Object message) {
    var _ = context().write(message, context().voidPromise());
  }

  ChannelFuture writeWithResult(Object message) {
    return context().write(message);
  }

  void flush() {
    context().flush();
  }

  void reading(boolean on) {
    Reading.set(context().channel(), on);
  }

  /// Whether the other side did nothing for the request: it said so (RFC 9113, section 8.7), or was
  /// gone before any of it arrived.
  boolean unprocessed() {
    return unprocessed;
  }

  /// Looks at an idle connection before a request goes out that may not be sent twice. An event
  /// loop that is late has not heard yet of an end that the kernel knows. From here on the kernel
  /// also tells whether something of the request arrived, where it can.
  ///
  /// @return false when the other side has closed it
  boolean checkOpen() {
    before = TcpProgress.of(context().channel());
    return before.filter(TcpProgress::ended).isEmpty();
  }

  /// Whether [#unprocessed] may become true.
  boolean tellsUnprocessed() {
    return http2 || before.isPresent();
  }

  /// A program that closed the connection before the request came has a kernel that resets it and
  /// acknowledges nothing.
  private void lookForUnprocessed(Channel channel) {
    if (before.isPresent() && !answered) {
      unprocessed |=
          TcpProgress.of(channel)
              .filter(
                  now -> now.gone() && now.acknowledgedBytes() == before.get().acknowledgedBytes())
              .isPresent();
    }
  }

  /// Tells the instance that nobody waits for the response any more.
  void cancel() {
    if (context().channel() instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    } else {
      // Resets the stream, which tells both sides that the exchange is over.
      close();
    }
  }

  void close() {
    var _ = context().close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    User exchange = user;
    if (exchange == null) {
      // Nobody asked: what comes now would be taken for the answer to the next request.
      ReferenceCountUtil.release(message);
      pool.lost(this);
      close();
      return;
    }
    answered = true;
    if (message instanceof HttpResponse head) {
      exchange.responseHead(head);
    }
    if (message instanceof HttpContent content) {
      User still = user;
      if (still != null) {
        still.responseContent(content);
      } else {
        content.release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // It is told before the end of the stream too, when the channel is still there to be looked at.
    lookForUnprocessed(ctx.channel());
    User exchange = user;
    if (exchange != null) {
      exchange.responseFlush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    User exchange = user;
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.requestWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case ChannelOutputShutdownEvent _ -> outputClosed = true;
      // Told to the streams that are newer than the last one that the other side has taken.
      case Http2GoAwayFrame goAway -> {
        unprocessed = true;
        goAway.release();
      }
      case Http2ResetFrame reset ->
          unprocessed |= reset.errorCode() == Http2Error.REFUSED_STREAM.code();
      default -> {}
    }
  }

  /// A write that failed, which has closed the output; or a read, after which the channel closes.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure = String.valueOf(cause.getMessage());
    lookForUnprocessed(ctx.channel());
    if (!(cause instanceof IOException)) {
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    User exchange = user;
    user = null;
    if (exchange == null) {
      pool.lost(this);
    } else {
      exchange.connectionLost(failure);
    }
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("not connected yet");
    }
    return present;
  }
}

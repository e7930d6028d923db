package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The beginning of a connection with TLS: reads which host the client wants (SNI, RFC 6066,
/// section 3), and goes on with the certificate of that host. A client whose host has none is told
/// `unrecognized_name`, and one that does not speak TLS is told so in HTTP.
///
/// What a client can make this hold is a hello of at most [#MAX_HELLO_BYTES], for the handshake
/// time-out.
final class TlsEntrance extends AbstractSniHandler<SslContext> {
  /// One record of TLS; real ones are below 2 KiB, also with keys for after quantum computers.
  private static final int MAX_HELLO_BYTES = 16 * 1024;

  /// The content type of handshake records (RFC 8446, section 5.1).
  private static final byte HANDSHAKE = 22;

  /// A record of type alert in the version that every client reads, with a fatal
  /// `unrecognized_name` (RFC 8446, section 6).
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final LoopState loop;
  private final GatewayContext gateway;
  private boolean begun;
  private boolean over;

  TlsEntrance(LoopState loop, GatewayContext gateway) {
    super(MAX_HELLO_BYTES, gateway.config().handshakeTimeout().toMillis());
    this.loop = loop;
    this.gateway = gateway;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (!begun) {
      begun = true;
      if (in.getByte(in.readerIndex()) != HANDSHAKE) {
        end(ctx, Unpooled.wrappedBuffer(plainHttp().getBytes(US_ASCII)));
      }
    }
    if (over) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  @Override
  protected Future<SslContext> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
    TlsIdentity identity = gateway.certificates().get().find(hostname);
    try {
      return identity == null
          ? ctx.executor().newFailedFuture(new SSLException("no certificate for " + hostname))
          : ctx.executor().newSucceededFuture(gateway.tls().of(identity));
    } catch (SSLException unusable) {
      return ctx.executor().newFailedFuture(unusable);
    }
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String hostname, Future<SslContext> found) {
    if (!found.isSuccess()) {
      gateway.metrics().handshakeFailed(found.cause());
      end(ctx, Unpooled.wrappedBuffer(UNRECOGNIZED_NAME));
      return;
    }
    SslHandler tls = found.getNow().newHandler(ctx.alloc());
    tls.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
    ctx.pipeline().addLast(new AfterHandshake());
    // The hello goes on to the one that takes this place.
    ctx.pipeline().replace(this, null, tls);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    gateway.metrics().handshakeFailed(cause);
    var _ = ctx.close();
  }

  private void end(ChannelHandlerContext ctx, ByteBuf last) {
    over = true;
    var _ = ctx.write(last, ctx.voidPromise());
    LingeringClose.begin(ctx.channel(), loop.wheel, gateway.nanoTime().getAsLong());
  }

  private static String plainHttp() {
    String body =
        ErrorBody.of(
            Failure.badRequest("this port speaks HTTPS, and the request came without TLS"),
            RequestIds.of(null));
    return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  private final class AfterHandshake extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          gateway.metrics().handshakeDone();
          ctx.pipeline().addLast(new ProtocolChoice(ctx.channel(), loop, gateway, true));
          ctx.pipeline().remove(this);
        } else {
          gateway.metrics().handshakeFailed(handshake.cause());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      gateway.metrics().connectionFailed(cause);
      var _ = ctx.close();
    }
  }
}

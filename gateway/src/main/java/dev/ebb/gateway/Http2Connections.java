package dev.ebb.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Connections that speak HTTP/2 with prior knowledge (RFC 9113, section 3.3): each request is a
/// stream of one of them, and an exchange sees its stream as a connection of its own. A further
/// connection is opened when those present have as many streams as the other side allows.
final class Http2Connections implements ConnectionPool {
  /// Until the other side has told its own limit; RFC 9113 recommends at least this for it.
  private static final int MAX_STREAMS = 100;

  private static final int MAX_HEADER_BYTES = 256 * 1024;

  private final LoopState loop;
  private final GatewayContext gateway;
  private final SocketAddress address;
  private final KeptOpen keptOpen;
  private final IdleWitness witness;
  private final List<Connection> connections = new ArrayList<>();
  private final DeadlineWheel.Timer timer = new DeadlineWheel.Timer(this::closeOld);
  private boolean closed;

  Http2Connections(
      LoopState loop, GatewayContext gateway, SocketAddress address, KeptOpen keptOpen) {
    this.loop = loop;
    this.gateway = gateway;
    this.address = address;
    this.keptOpen = keptOpen;
    this.witness = new IdleWitness(keptOpen, loop::nextTasks);
  }

  /// One connection with its streams.
  private final class Connection {
    final Http2FrameCodec codec =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .pushEnabled(false)
                    .maxHeaderListSize(MAX_HEADER_BYTES))
            .build();
    final List<Taker> waiting = new ArrayList<>();
    @Nullable Channel channel;
    int streams;
    long idleSince;

    /// The codec counts a stream when its header is written, which is too late for a burst.
    boolean hasRoom() {
      return streams < Math.min(MAX_STREAMS, codec.connection().local().maxActiveStreams())
          && (channel == null || (channel.isActive() && !codec.connection().goAwayReceived()));
    }

    void connected(Channel established) {
      channel = established;
      List<Taker> takers = List.copyOf(waiting);
      waiting.clear();
      streams = 0;
      idleSince = now();
      for (Taker taker : takers) {
        if (hasRoom()) {
          streams++;
          open(established, taker);
        } else {
          // Those beyond what the other side takes now get a connection of their own.
          Http2Connections.this.connect(taker);
        }
      }
    }

    void failed(Throwable cause) {
      if (connections.remove(this) && channel != null && streams == 0) {
        keptOpen.closed(now() - idleSince);
      }
      List<Taker> told = List.copyOf(waiting);
      waiting.clear();
      told.forEach(taker -> taker.connectFailed(cause));
    }

    void close() {
      Channel present = channel;
      connections.remove(this);
      if (present != null) {
        var _ = present.close();
      }
    }

    void open(Channel established, Taker taker) {
      UpstreamConnection stream = UpstreamConnection.http2(Http2Connections.this);
      new Http2StreamChannelBootstrap(established)
          .handler(stream.initializer())
          .open()
          .addListener(opened -> {
            if (opened.isSuccess()) {
              ((Http2StreamChannel) opened.getNow()).closeFuture().addListener(over -> ended());
              taker.connected(stream);
            } else {
              ended();
              taker.connectFailed(opened.cause());
            }
          });
    }

    void ended() {
      streams--;
      if (streams == 0) {
        idleSince = now();
        Channel idle = channel;
        if (closed && idle != null) {
          var _ = idle.close();
        } else {
          loop.wheel.set(timer, idleSince + idleNanos());
        }
      }
    }
  }

  /// Waits for the other side's settings, with which it begins (RFC 9113, section 3.4): they say
  /// how many streams it takes, and that it speaks HTTP/2 at all.
  private final class FirstSettings extends ChannelInboundHandlerAdapter {
    private final Connection connection;
    private final DeadlineWheel.Timer silence;
    private String failure = "it does not speak HTTP/2 on this port";

    FirstSettings(Connection connection) {
      this.connection = connection;
      this.silence =
          new DeadlineWheel.Timer(() -> {
            Channel silent = codecChannel;
            if (silent != null) {
              var _ = silent.close();
            }
          });
    }

    private @Nullable Channel codecChannel;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      codecChannel = ctx.channel();
      loop.wheel.set(
          silence, gateway.nanoTime().getAsLong() + gateway.config().connectTimeout().toNanos());
      ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2SettingsFrame && connection.channel == null) {
        loop.wheel.cancel(silence);
        connection.connected(ctx.channel());
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = failure + ": " + cause.getMessage();
      var _ = ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      loop.wheel.cancel(silence);
      connection.failed(new NotHttp2Exception(failure));
    }
  }

  @Override
  public @Nullable UpstreamConnection take(boolean repeatable) {
    return null;
  }

  @Override
  public void connect(Taker taker) {
    Connection connection = choose().orElseGet(this::connect);
    connection.streams++;
    Channel established = connection.channel;
    if (established == null) {
      connection.waiting.add(taker);
    } else {
      connection.open(established, taker);
    }
  }

  /// A busy one, else an idle one that is surely open still: the other side may close while a
  /// request is on its way, and then nobody knows what became of it. Of the rest one stays, to see
  /// how long it stays open.
  private Optional<Connection> choose() {
    List<Connection> idle = new ArrayList<>();
    for (Connection connection : connections) {
      if (connection.streams > 0 || connection.channel == null) {
        if (connection.hasRoom()) {
          return Optional.of(connection);
        }
      } else if (connection.hasRoom()) {
        idle.add(connection);
      }
    }
    if (idle.isEmpty()) {
      return Optional.empty();
    }
    long now = now();
    idle.sort(Comparator.comparingLong((Connection one) -> now - one.idleSince).reversed());
    Connection oldest = idle.getFirst();
    long since = oldest.idleSince;
    witness.see(
        now - since,
        () -> oldest.idleSince == since && oldest.streams == 0 && connections.contains(oldest));
    Connection newest = idle.getLast();
    if (keptOpen.isSafe(now - newest.idleSince)) {
      return Optional.of(newest);
    }
    idle.subList(1, idle.size()).forEach(Connection::close);
    return Optional.empty();
  }

  private Connection connect() {
    Connection connection = new Connection();
    connections.add(connection);
    Bootstrap bootstrap =
        gateway
            .towards(address, loop.eventLoop)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    // The other side opens no streams: what it pushes is refused by our settings.
                    channel
                        .pipeline()
                        .addLast(
                            connection.codec,
                            new Http2MultiplexHandler(new RefusedStream()),
                            new FirstSettings(connection));
                  }
                });
    var connecting = bootstrap.connect(gateway.channels().address(address));
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        connection.failed(done.cause());
      }
    });
    return connection;
  }

  /// A stream serves one exchange.
  @Override
  public void give(UpstreamConnection stream) {
    stream.close();
  }

  @Override
  public void lost(UpstreamConnection stream) {}

  @Override
  public void closeIdle() {
    for (Connection connection : List.copyOf(connections)) {
      if (connection.streams == 0 && connection.channel != null) {
        connection.close();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.wheel.cancel(timer);
    closeIdle();
  }

  private void closeOld() {
    long now = now();
    for (Connection connection : List.copyOf(connections)) {
      if (connection.streams > 0 || connection.channel == null) {
        continue;
      }
      if (now - connection.idleSince >= idleNanos()) {
        connection.close();
      } else {
        loop.wheel.set(timer, connection.idleSince + idleNanos());
      }
    }
  }

  private long now() {
    return gateway.nanoTime().getAsLong();
  }

  private long idleNanos() {
    return TimeUnit.MILLISECONDS.toNanos(gateway.config().upstreamIdleTimeout().toMillis());
  }
}

package dev.ebb.gateway;

import dev.ebb.dataplane.GatewayControl.Entrance;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The sockets that clients connect to, and the clients that have.
final class Listener {
  private static final System.Logger LOG = System.getLogger(Listener.class.getName());

  /// The kernel's own default for `net.core.somaxconn` since Linux 5.4.
  private static final int BACKLOG = 4_096;

  /// How much of a response may wait for a slow client before the instance is no longer read.
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final GatewayContext gateway;
  private final Map<EventLoop, LoopState> loops;
  private final ServerBootstrap plain;
  private final ServerBootstrap encrypted;
  private volatile boolean accepting;
  private final List<Channel> servers = new ArrayList<>();
  private final Map<Map.Entry<Integer, Entrance>, List<Channel>> more = new HashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  Listener(GatewayContext gateway, EventLoopGroup group, Map<EventLoop, LoopState> loops) {
    this.gateway = gateway;
    this.loops = loops;
    this.plain =
        new ServerBootstrap()
            .group(group)
            .channel(gateway.channels().server())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(accepting(false));
    this.encrypted = plain.clone().childHandler(accepting(true));
  }

  private ChannelHandler accepting(boolean tls) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        accept(channel, tls);
      }
    };
  }

  /// Listens on all addresses that this machine has, at least one, with one port. Returns it.
  /// Clients can connect and wait until [#accept].
  int bind() {
    return bind(plain, gateway.config().port());
  }

  /// The same for clients that speak TLS.
  int bindHttps(GatewayConfig.HttpsPort port) {
    try {
      return bind(encrypted, port.number());
    } catch (GatewayException inUse) {
      if (!port.mayMove()) {
        throw inUse;
      }
      LOG.log(Level.WARNING, inUse.getMessage() + "; HTTPS is at another one");
      return bind(encrypted, 0);
    }
  }

  private int bind(ServerBootstrap bootstrap, int wanted) {
    int port = wanted;
    List<Channel> bound = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (InetAddress address : gateway.config().addresses()) {
      ChannelFuture binding =
          bootstrap.bind(new InetSocketAddress(address, port)).awaitUninterruptibly();
      if (binding.isSuccess()) {
        bound.add(binding.channel());
        port = ((InetSocketAddress) binding.channel().localAddress()).getPort();
      } else if (inUse(binding.cause())) {
        bound.forEach(server -> server.close().awaitUninterruptibly());
        throw new GatewayException(
            "port " + port + " of " + address.getHostAddress() + " is in use", binding.cause());
      } else {
        failures.add(binding.cause());
        LOG.log(Level.WARNING, "cannot listen on " + address.getHostAddress() + ":" + port);
      }
    }
    servers.addAll(bound);
    if (bound.isEmpty()) {
      throw new GatewayException("cannot listen on port " + port, failures.getFirst());
    }
    return port;
  }

  /// Takes the clients that wait and those that will come. Idempotent.
  void accept() {
    accepting = true;
    servers.forEach(server -> server.config().setAutoRead(true));
  }

  /// Listens on these ports and no others beside the first; returns why some cannot be had.
  synchronized Map<Integer, String> listenAlso(Map<Integer, Entrance> ports) {
    Map<Integer, String> failures = new TreeMap<>();
    more.forEach((port, channels) -> {
      if (!ports.entrySet().contains(port)) {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
      }
    });
    more.keySet().retainAll(ports.entrySet());
    for (Map.Entry<Integer, Entrance> port : ports.entrySet()) {
      if (!more.containsKey(port)) {
        List<Channel> bound = listenAlso(port, failures);
        if (!bound.isEmpty()) {
          failures.remove(port.getKey());
          more.put(Map.entry(port.getKey(), port.getValue()), bound);
        }
      }
    }
    return failures;
  }

  private List<Channel> listenAlso(
      Map.Entry<Integer, Entrance> port, Map<Integer, String> failures) {
    ServerBootstrap bootstrap = port.getValue() == Entrance.HTTPS ? encrypted : plain;
    int number = port.getKey();
    List<Channel> bound = new ArrayList<>();
    for (InetAddress address : gateway.config().addresses()) {
      ChannelFuture binding =
          bootstrap.bind(new InetSocketAddress(address, number)).awaitUninterruptibly();
      if (binding.isSuccess()) {
        binding.channel().config().setAutoRead(accepting);
        bound.add(binding.channel());
      } else {
        failures.put(
            number, "cannot listen on port " + number + ": " + binding.cause().getMessage());
      }
    }
    return bound;
  }

  boolean isOpen() {
    return servers.stream().anyMatch(Channel::isOpen);
  }

  void stopAccepting() {
    servers.forEach(server -> server.close().awaitUninterruptibly());
    listenAlso(Map.of());
  }

  /// Lets each client's present request finish, but not for longer than the timeout.
  void drain(Duration timeout) {
    for (Channel client : clients) {
      client
          .eventLoop()
          .execute(() -> {
            ClientConnection connection = client.pipeline().get(ClientConnection.class);
            if (connection != null) {
              connection.drain();
            } else {
              // Nothing was asked yet; or HTTP/2, which tells the client and ends the streams
              // first.
              var _ = client.close();
            }
          });
    }
    if (!clients.newCloseFuture().awaitUninterruptibly(timeout.toMillis())) {
      LOG.log(Level.WARNING, clients.size() + " connections were cut after " + timeout);
    }
    clients.close().awaitUninterruptibly();
  }

  private void accept(Channel channel, boolean tls) {
    LoopState loop = loops.get(channel.eventLoop());
    if (loop == null || clients.size() >= gateway.config().maxConnections()) {
      gateway.metrics().connectionRefused();
      var _ = channel.close();
      return;
    }
    clients.add(channel);
    gateway.metrics().connectionOpened();
    channel.closeFuture().addListener(closed -> gateway.metrics().connectionClosed());
    channel
        .pipeline()
        .addLast(
            tls
                ? new TlsEntrance(loop, gateway)
                : new ProtocolChoice(channel, loop, gateway, false));
  }

  private static boolean inUse(Throwable cause) {
    return cause instanceof BindException
        || String.valueOf(cause.getMessage()).contains("Address already in use");
  }
}

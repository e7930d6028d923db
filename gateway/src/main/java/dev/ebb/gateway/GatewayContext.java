package dev.ebb.gateway;

import dev.ebb.dataplane.InstanceId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What all connections of a gateway share.
///
/// @param stuck told of an instance that must be replaced; called on an event loop
/// @param blocking runs each task on a virtual thread of its own
/// @param localRequests one permit for each request that may be handled in this process
record GatewayContext(
    GatewayConfig config,
    Channels channels,
    Throttles throttles,
    Supplier<RouteIndex> routes,
    Supplier<CertificateIndex> certificates,
    TlsContexts tls,
    TrafficMetrics metrics,
    LongSupplier nanoTime,
    Consumer<InstanceId> stuck,
    Executor blocking,
    Semaphore localRequests) {
  /// The beginning of a connection to an instance, or to another server.
  Bootstrap towards(SocketAddress address, EventLoop loop) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(channels.client(address))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.connectTimeout().toMillis());
    return address instanceof InetSocketAddress
        ? bootstrap.option(ChannelOption.TCP_NODELAY, true)
        : bootstrap;
  }
}

package dev.ebb.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a gateway listens and what it allows. Everything that a client can make grow has a bound.
///
/// @param addresses where to listen; each gets the same port
/// @param inside those of them, beside loopback, at which this machine's instances come in: what is
///   for clients inside answers there
/// @param port 0 for any free one
/// @param httpsPort where clients speak TLS; empty for nowhere
/// @param eventLoops threads that move bytes; 0 for one per core
/// @param maxConnections clients at once; more are closed as soon as they come
/// @param maxRequestLineBytes a longer one gets 414
/// @param maxHeaderBytes all header fields of a request; more get 431
/// @param maxBodyBytes of a request; more get 413; 0 for no limit
/// @param headTimeout from the first byte of a request to the end of its header; then 408
/// @param handshakeTimeout for a client to say which host it wants, and again for the rest of the
///   TLS handshake; then the connection is closed
/// @param keepAliveTimeout how long a connection may be without a request
/// @param connectTimeout to an instance or a URL
/// @param stuckGrace how long an exchange that timed out may go on in its instance before the
///   instance is stopped
/// @param maxIdleUpstreamConnections per event loop and instance or URL
/// @param upstreamIdleTimeout after which an unused upstream connection is closed
/// @param maxLocalRequests handled inside this process at once; more get 503
/// @param drainTimeout how long `close` lets requests in flight finish
/// @param accessLog told of each exchange that is over
public record GatewayConfig(
    List<InetAddress> addresses,
    Set<InetAddress> inside,
    int port,
    Optional<HttpsPort> httpsPort,
    Transport transport,
    int eventLoops,
    int maxConnections,
    int maxRequestLineBytes,
    int maxHeaderBytes,
    long maxBodyBytes,
    Duration headTimeout,
    Duration handshakeTimeout,
    Duration keepAliveTimeout,
    Duration connectTimeout,
    Duration stuckGrace,
    int maxIdleUpstreamConnections,
    Duration upstreamIdleTimeout,
    int maxLocalRequests,
    Duration drainTimeout,
    Optional<AccessLog> accessLog) {

  public GatewayConfig {
    addresses = List.copyOf(addresses);
    inside = Set.copyOf(inside);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a gateway needs an address to listen on");
    }
  }

  /// Whether clients that come in here are on this machine.
  ///
  /// @param local absent where a connection is gone already
  boolean isInside(@Nullable SocketAddress local) {
    return !(local instanceof InetSocketAddress here && here.getAddress() != null)
        || here.getAddress().isLoopbackAddress()
        || inside.contains(here.getAddress());
  }

  /// Loopback only, IPv4 and IPv6, and limits that suit one machine.
  public static GatewayConfig defaults(int port) {
    return new GatewayConfig(
        List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")),
        Set.of(),
        port,
        Optional.empty(),
        Transport.AUTO,
        0,
        10_000,
        16 * 1024,
        64 * 1024,
        0,
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        1_024,
        Duration.ofSeconds(60),
        1_024,
        Duration.ofSeconds(30),
        Optional.empty());
  }

  public GatewayConfig withAddresses(List<InetAddress> changed) {
    return edit().addresses(changed).build();
  }

  public GatewayConfig withInside(Set<InetAddress> changed) {
    return edit().inside(changed).build();
  }

  /// @param number 0 for any free one
  /// @param mayMove whether any free one will do where that one is in use
  public record HttpsPort(int number, boolean mayMove) {}

  public GatewayConfig withHttpsPort(HttpsPort changed) {
    return edit().httpsPort(changed).build();
  }

  public GatewayConfig withTransport(Transport changed) {
    return edit().transport(changed).build();
  }

  public GatewayConfig withMaxBodyBytes(long changed) {
    return edit().maxBodyBytes(changed).build();
  }

  public GatewayConfig withAccessLog(AccessLog changed) {
    return edit().accessLog(changed).build();
  }

  public GatewayConfig withStuckGrace(Duration changed) {
    return edit().stuckGrace(changed).build();
  }

  public GatewayConfig withHeadTimeout(Duration changed) {
    return edit().headTimeout(changed).build();
  }

  public GatewayConfig withHandshakeTimeout(Duration changed) {
    return edit().handshakeTimeout(changed).build();
  }

  private GatewayConfigBuilder edit() {
    return new GatewayConfigBuilder(this);
  }
}

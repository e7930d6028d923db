package dev.ebb.gateway;

import dev.ebb.gateway.GatewayConfig.HttpsPort;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes a [GatewayConfig] of which most is as in another one. Not for use by several threads.
final class GatewayConfigBuilder {
  private final int port;
  private final int eventLoops;
  private final int maxConnections;
  private final int maxRequestLineBytes;
  private final int maxHeaderBytes;
  private final Duration keepAliveTimeout;
  private final Duration connectTimeout;
  private final int maxIdleUpstreamConnections;
  private final Duration upstreamIdleTimeout;
  private final int maxLocalRequests;
  private final Duration drainTimeout;
  private List<InetAddress> addresses;
  private Set<InetAddress> inside;
  private Optional<HttpsPort> httpsPort;
  private Transport transport;
  private long maxBodyBytes;
  private Duration headTimeout;
  private Duration handshakeTimeout;
  private Duration stuckGrace;
  private Optional<AccessLog> accessLog;

  GatewayConfigBuilder(GatewayConfig from) {
    addresses = from.addresses();
    inside = from.inside();
    port = from.port();
    httpsPort = from.httpsPort();
    transport = from.transport();
    eventLoops = from.eventLoops();
    maxConnections = from.maxConnections();
    maxRequestLineBytes = from.maxRequestLineBytes();
    maxHeaderBytes = from.maxHeaderBytes();
    maxBodyBytes = from.maxBodyBytes();
    headTimeout = from.headTimeout();
    handshakeTimeout = from.handshakeTimeout();
    keepAliveTimeout = from.keepAliveTimeout();
    connectTimeout = from.connectTimeout();
    stuckGrace = from.stuckGrace();
    maxIdleUpstreamConnections = from.maxIdleUpstreamConnections();
    upstreamIdleTimeout = from.upstreamIdleTimeout();
    maxLocalRequests = from.maxLocalRequests();
    drainTimeout = from.drainTimeout();
    accessLog = from.accessLog();
  }

  GatewayConfigBuilder addresses(List<InetAddress> changed) {
    addresses = changed;
    return this;
  }

  GatewayConfigBuilder inside(Set<InetAddress> changed) {
    inside = changed;
    return this;
  }

  GatewayConfigBuilder httpsPort(HttpsPort changed) {
    httpsPort = Optional.of(changed);
    return this;
  }

  GatewayConfigBuilder transport(Transport changed) {
    transport = changed;
    return this;
  }

  GatewayConfigBuilder maxBodyBytes(long changed) {
    maxBodyBytes = changed;
    return this;
  }

  GatewayConfigBuilder accessLog(AccessLog changed) {
    accessLog = Optional.of(changed);
    return this;
  }

  GatewayConfigBuilder stuckGrace(Duration changed) {
    stuckGrace = changed;
    return this;
  }

  GatewayConfigBuilder headTimeout(Duration changed) {
    headTimeout = changed;
    return this;
  }

  GatewayConfigBuilder handshakeTimeout(Duration changed) {
    handshakeTimeout = changed;
    return this;
  }

  GatewayConfig build() {
    return new GatewayConfig(
        addresses,
        inside,
        port,
        httpsPort,
        transport,
        eventLoops,
        maxConnections,
        maxRequestLineBytes,
        maxHeaderBytes,
        maxBodyBytes,
        headTimeout,
        handshakeTimeout,
        keepAliveTimeout,
        connectTimeout,
        stuckGrace,
        maxIdleUpstreamConnections,
        upstreamIdleTimeout,
        maxLocalRequests,
        drainTimeout,
        accessLog);
  }
}

package dev.ebb.server;

import dev.ebb.apiserver.ApiServerConfig;
import dev.ebb.eventing.calls.CallsConfig;
import dev.ebb.images.distribution.RegistriesConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// How one server runs.
///
/// @param home where `runtimes/` stands
/// @param gatewayPort 0 for any free port
/// @param httpsPort likewise; empty for [#HTTPS_PORT], or any free one where that is in use
/// @param portsMayMove take a free port where the wanted one is in use (`ebb run`)
/// @param persistent false: objects live in memory only (`ebb run`)
/// @param instancesEndWithServer true: nothing survives the server, whatever ended it (`ebb run`)
/// @param transport `auto`, `io_uring`, `epoll` or `nio`
/// @param accessLog one line per request into the server's log
/// @param addresses where the gateway and the API listen; the first one must work
/// @param registries how images are pulled
/// @param containers how they are run
/// @param host what of the machine instances may have
/// @param calls what bounds asynchronous calls
public record ServerConfig(
    Path home,
    Path dataDirectory,
    int gatewayPort,
    OptionalInt httpsPort,
    int apiPort,
    int metricsPort,
    boolean portsMayMove,
    boolean persistent,
    boolean instancesEndWithServer,
    String transport,
    boolean accessLog,
    List<InetAddress> addresses,
    RegistriesConfig registries,
    ContainersConfig containers,
    HostAccess host,
    CallsConfig calls) {
  public static final int GATEWAY_PORT = 8080;

  /// Where Knative's Kourier has it.
  public static final int HTTPS_PORT = 8443;

  public static final int API_PORT = 6443;

  /// The port where the OpenFaaS gateway has its metrics.
  public static final int METRICS_PORT = 8082;

  public ServerConfig {
    addresses = List.copyOf(addresses);
  }

  /// On loopback, with registries as they are by default, and containers where they can be run.
  public ServerConfig(
      Path home,
      Path dataDirectory,
      int gatewayPort,
      int apiPort,
      int metricsPort,
      boolean portsMayMove,
      boolean persistent,
      boolean instancesEndWithServer,
      String transport,
      boolean accessLog) {
    this(
        home,
        dataDirectory,
        gatewayPort,
        OptionalInt.empty(),
        apiPort,
        metricsPort,
        portsMayMove,
        persistent,
        instancesEndWithServer,
        transport,
        accessLog,
        ApiServerConfig.loopback(),
        RegistriesConfig.DEFAULT,
        ContainersConfig.DEFAULT,
        HostAccess.NONE,
        CallsConfig.defaults());
  }

  ServerConfig withContainers(ContainersConfig containers) {
    return new ServerConfig(
        home,
        dataDirectory,
        gatewayPort,
        httpsPort,
        apiPort,
        metricsPort,
        portsMayMove,
        persistent,
        instancesEndWithServer,
        transport,
        accessLog,
        addresses,
        registries,
        containers,
        host,
        calls);
  }

  /// The same with any free ports.
  ServerConfig withAnyPorts() {
    return new ServerConfig(
        home,
        dataDirectory,
        0,
        httpsPort,
        0,
        0,
        portsMayMove,
        persistent,
        instancesEndWithServer,
        transport,
        accessLog,
        addresses,
        registries,
        containers,
        host,
        calls);
  }
}

package dev.ebb.apiserver;

import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;

/// One Helidon server on one address: HTTP/1.1, with TLS or without.
///
/// Helidon finds protocols and features through service loaders; all of that is switched off here,
/// for a quick start and no surprises.
final class Listener implements AutoCloseable {
  private final WebServer server;

  private Listener(WebServer server) {
    this.server = server;
  }

  /// @throws ListenException when the address cannot be used
  static Listener start(
      SocketAddress address,
      Optional<CertificateAuthority.Identity> tls,
      ServerLimits limits,
      Handler handler) {
    // Helidon only logs why it could not bind; asking first gives the reason to the caller.
    tryToBind(address);
    WebServerConfig.Builder config =
        WebServer.builder()
            .bindAddress(address)
            // Helidon's TLS over channels holds five buffers of a TLS record, 66 KB for each open
            // watch; over sockets it holds what is under way. Unix sockets have channels only.
            .useNio(address instanceof UnixDomainSocketAddress)
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .addConnectionSelector(new ClientConnections(http1(limits), limits))
            .maxTcpConnections(limits.connections())
            .idleConnectionTimeout(limits.idleTime())
            .idleConnectionPeriod(limits.sweepPeriod())
            .shutdownGracePeriod(limits.closeTime())
            .contentEncoding(new EncodingsAsTheyAre())
            .directHandlers(statusForEveryError())
            .errorHandling(ErrorHandling.builder().includeEntity(true).build())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .routing(HttpRouting.builder().any(handler));
    tls.ifPresent(identity -> config.tls(tls(identity)));
    WebServer server = config.build().start();
    if (!server.isRunning()) {
      throw new ListenException(
          "cannot listen on " + address, new IOException("the server did not start"));
    }
    return new Listener(server);
  }

  int port() {
    return server.port();
  }

  /// New connections get this certificate.
  void reload(CertificateAuthority.Identity identity) {
    server.reloadTls(tls(identity));
  }

  @Override
  public void close() {
    server.stop();
  }

  /// From the key, not from a ready context, which Helidon could not reload. Helidon puts the key
  /// into a key store in memory, with a password made up for it; PKCS 12, the default, would
  /// stretch that password ten thousand times, twice for each listener: 100 ms of each start.
  private static Tls tls(CertificateAuthority.Identity identity) {
    return Tls.builder()
        .privateKey(identity.key())
        .privateKeyCertChain(List.of(identity.certificate(), identity.authority()))
        // A client may show a certificate of our authority instead of a token.
        .trust(List.of(identity.authority()))
        .manager(new OptionalClientAuth())
        .internalKeystoreType("JKS")
        .build();
  }

  private static Http1ConnectionSelector http1(ServerLimits limits) {
    return Http1ConnectionSelector.builder()
        .config(
            Http1Config.builder()
                // Ours come first: they answer 431, Helidon's 400.
                .maxHeadersSize(2 * limits.headerBytes())
                .maxPrologueLength(limits.headerBytes() / 2)
                .build())
        .build();
  }

  private static DirectHandlers statusForEveryError() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, new ProtocolErrors());
    }
    return handlers.build();
  }

  private static void tryToBind(SocketAddress address) {
    boolean unix = address instanceof UnixDomainSocketAddress;
    if (unix || ((InetSocketAddress) address).getPort() == 0) {
      return;
    }
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(address);
    } catch (IOException e) {
      throw new ListenException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
    }
  }
}

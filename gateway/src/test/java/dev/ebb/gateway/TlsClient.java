package dev.ebb.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Java's own TLS, as a client that trusts one authority.
record TlsClient(SSLContext context, int port) {
  static final GatewayConfig.HttpsPort ANY_PORT = new GatewayConfig.HttpsPort(0, false);

  private static final int PATIENCE_MILLIS = 60_000;

  static TlsClient trusting(TestAuthority authority, int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, authority.trust().getTrustManagers(), null);
    return new TlsClient(context, port);
  }

  /// A connection after its handshake.
  ///
  /// @param host that it names; empty for none
  SSLSocket connect(Optional<String> host, List<String> versions, List<String> applicationProtocols)
      throws IOException {
    Socket plain = new Socket();
    plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    plain.setSoTimeout(PATIENCE_MILLIS);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "unused", port, true);
    socket.setSSLParameters(parameters(socket.getSSLParameters(), host, applicationProtocols));
    socket.setEnabledProtocols(versions.toArray(String[]::new));
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException refused) {
      socket.close();
      throw refused;
    }
  }

  SSLSocket connect(String host) throws IOException {
    return connect(Optional.of(host), List.of("TLSv1.3", "TLSv1.2"), List.of());
  }

  Fixture.Client http(String host) throws IOException {
    return new Fixture.Client(connect(host));
  }

  /// The name in the certificate that a client gets, or how it is turned away.
  String shown(Optional<String> host, String version) throws IOException {
    try (SSLSocket socket = connect(host, List.of(version), List.of())) {
      var peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return peer.getSubjectX500Principal().getName().substring("CN=".length());
    } catch (SSLException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  /// The bytes with which a client begins.
  byte[] hello(String host) throws SSLException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters(engine.getSSLParameters(), Optional.of(host), List.of()));
    ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), bytes);
    byte[] hello = new byte[bytes.flip().remaining()];
    bytes.get(hello);
    return hello;
  }

  private static SSLParameters parameters(
      SSLParameters parameters, Optional<String> host, List<String> applicationProtocols) {
    parameters.setServerNames(
        host.map(name -> List.of(new SNIHostName(name))).orElse(List.of()).stream()
            .map(javax.net.ssl.SNIServerName.class::cast)
            .toList());
    parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
    return parameters;
  }
}

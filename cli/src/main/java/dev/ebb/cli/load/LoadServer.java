package dev.ebb.cli.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Whom load is put on.
///
/// @param tls empty for a connection in the clear
public record LoadServer(InetSocketAddress address, Optional<Tls> tls) {
  private static final int CONNECT_MILLIS = 10_000;

  /// @param context says who is trusted
  /// @param host that is asked for, and that the certificate must be for
  /// @param verified whether it must
  public record Tls(SSLContext context, String host, boolean verified) {}

  /// A connection, with its handshake done.
  ///
  /// @param protocol what is to be spoken: `h2` or `http/1.1`
  /// @throws IOException when the server does not speak it over TLS, too
  Socket connect(String protocol) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, CONNECT_MILLIS);
      return tls.isPresent() ? secured(socket, tls.get(), protocol) : socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(Socket plain, Tls tls, String protocol) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.context()
                .getSocketFactory()
                .createSocket(plain, tls.host(), plain.getPort(), /* autoClose= */ true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    if (tls.verified()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(CONNECT_MILLIS);
    socket.startHandshake();
    socket.setSoTimeout(0);
    if (protocol.equals("h2") && !socket.getApplicationProtocol().equals(protocol)) {
      throw new IOException("the server does not speak HTTP/2 over TLS");
    }
    return socket;
  }
}

package dev.ebb.apiserver;

import io.helidon.common.tls.ConfiguredTlsManager;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Asks clients for a certificate, and goes on without one.
///
/// Helidon 4.5.0 applies its own setting for this to channels only, not to the sockets that we use
/// for TLS; so the sockets are made by a factory that asks.
final class OptionalClientAuth extends ConfiguredTlsManager {
  OptionalClientAuth() {
    super("ebb", "optional-client-auth");
  }

  @Override
  public SSLContext sslContext() {
    return new Context(super.sslContext());
  }

  private static final class Context extends SSLContext {
    Context(SSLContext delegate) {
      super(new ContextSpi(delegate), delegate.getProvider(), delegate.getProtocol());
    }
  }

  private static final class ContextSpi extends SSLContextSpi {
    private final SSLContext delegate;

    ContextSpi(SSLContext delegate) {
      this.delegate = delegate;
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("the context is ready");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new Factory(delegate.getSocketFactory());
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return delegate.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return delegate.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return delegate.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return delegate.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return delegate.getClientSessionContext();
    }
  }

  private static final class Factory extends SSLSocketFactory {
    private final SSLSocketFactory delegate;

    Factory(SSLSocketFactory delegate) {
      this.delegate = delegate;
    }

    /// The server's side of a connection that was accepted.
    @Override
    public Socket createSocket(Socket socket, @Nullable InputStream consumed, boolean autoClose)
        throws IOException {
      SSLSocket secured = (SSLSocket) delegate.createSocket(socket, consumed, autoClose);
      secured.setWantClientAuth(true);
      return secured;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      return delegate.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return delegate.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return delegate.createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return delegate.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return delegate.createSocket(host, port, local, localPort);
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return delegate.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return delegate.getSupportedCipherSuites();
    }
  }
}

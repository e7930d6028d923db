package dev.ebb.gateway;

import dev.ebb.dataplane.ServerCertificate;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// A certificate and what it takes to use it. Immutable; two are never equal.
///
/// Each context has sessions of its own. Ciphers are those that HTTP/2 allows (RFC 9113, appendix
/// A): forward secret, and with authentication.
final class TlsIdentity {
  /// Clients of TLS 1.3, and of 1.2 with tickets, keep their sessions themselves.
  private static final int MAX_SESSIONS = 256;

  private static final Duration SESSION_LIFETIME = Duration.ofHours(1);

  private final ServerCertificate certificate;

  TlsIdentity(ServerCertificate certificate) {
    this.certificate = certificate;
  }

  ServerCertificate certificate() {
    return certificate;
  }

  /// @throws SSLException when Java cannot use the key
  SslContext newContext() throws SSLException {
    return SslContextBuilder.forServer(new OneKey(certificate))
        .sslProvider(SslProvider.JDK)
        .trustManager(new Nobody())
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1))
        .sessionCacheSize(MAX_SESSIONS)
        .sessionTimeout(SESSION_LIFETIME.toSeconds())
        .build();
  }

  /// Clients are not asked for certificates. Without this each context would have all authorities
  /// that Java knows.
  private static final class Nobody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("nobody is trusted here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("nobody is trusted here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// In place of a key store, which would encrypt the key with a password made up for it.
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "server";

    private final ServerCertificate certificate;

    OneKey(ServerCertificate certificate) {
      this.certificate = certificate;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      String algorithm = certificate.chain().getFirst().getPublicKey().getAlgorithm();
      return algorithm.equals(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return certificate.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}

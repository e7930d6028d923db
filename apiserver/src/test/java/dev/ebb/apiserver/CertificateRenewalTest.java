package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class CertificateRenewalTest {
  @Test
  void aRunningServerRenewsItsCertificate() throws Exception {
    Instant then = InstantSource.system().instant().minus(Duration.ofDays(340));
    try (TestServer server = new TestServer(ApiServer.Handlers.NONE, then)) {
      Certificate first = presented(server);
      server.server.checkCertificate();
      assertThat(presented(server)).isEqualTo(first);

      server.clock.advance(Duration.ofDays(340));
      server.server.checkCertificate();
      X509Certificate second = presented(server);
      assertThat(second).isNotEqualTo(first);
      assertThat(second.getNotAfter().toInstant())
          .isAfter(server.clock.instant().plus(Duration.ofDays(360)));
    }
  }

  private static X509Certificate presented(TestServer server)
      throws IOException, GeneralSecurityException {
    SSLContext context = TestServer.trust(server.config.pki());
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.server.port())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}

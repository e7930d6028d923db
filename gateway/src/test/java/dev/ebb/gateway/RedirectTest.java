package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.PathMatch;
import dev.ebb.dataplane.RouteMatch;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.dataplane.SessionAffinity;
import dev.ebb.dataplane.WeightedTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hosts that are to be asked over TLS only, and what is different for those who do.
@Timeout(300)
class RedirectTest {
  private static final String HOST = "hello.example";

  @TempDir Path directory;
  private final TestAuthority authority;

  RedirectTest() throws Exception {
    authority = new TestAuthority();
  }

  private Fixture serving(OptionalInt httpsPort, Optional<SessionAffinity> affinity)
      throws Exception {
    Fixture fixture =
        new Fixture(config -> config.withHttpsPort(TlsClient.ANY_PORT), Fixture.limits(0));
    fixture.gateway.certificates(
        new CertificateTable(Map.of(HOST, authority.issue(HOST)), Optional.empty()));
    fixture.gateway.routes(
        RouteTable.of(
            new RouteRule(
                "default/hello",
                new RouteMatch(Optional.of(HOST), Set.of(), new PathMatch.Prefix("/"), Map.of()),
                List.of(new WeightedTarget(new RouteTarget.Revision(Fixture.REVISION), 100)),
                Map.of(),
                Optional.empty(),
                affinity,
                httpsPort,
                false)));
    return fixture;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /a/b?c=d HTTP/1.1              | Host: hello.example            | 8443 | https://hello.example:8443/a/b?c=d
          GET /a/b?c=d HTTP/1.1              | Host: hello.example            | 443  | https://hello.example/a/b?c=d
          POST / HTTP/1.1                    | Host: HELLO.example:8080       | 8443 | https://hello.example:8443/
          GET http://hello.example/x HTTP/1.1 | Host: hello.example           | 8443 | https://hello.example:8443/x
          GET /a/../b HTTP/1.1               | Host: hello.example            | 8443 | https://hello.example:8443/b
          """)
  void whoComesWithoutTlsIsToldToComeBackWithIt(
      String requestLine, String host, int port, String location) throws Exception {
    try (Fixture fixture = serving(OptionalInt.of(port), Optional.empty());
        Fixture.Client client = fixture.connect()) {
      assertThat(client.send(requestLine + "\r\n" + host + "\r\n\r\n").response())
          .startsWith("HTTP/1.1 301 Moved Permanently\r\n")
          .containsIgnoringCase("\r\nlocation: " + location + "\r\n");
      assertThat(fixture.demands).isEmpty();
    }
  }

  @Test
  void whoComesWithTlsOrThroughAProxyThatHasItIsServed() throws Exception {
    try (Fixture fixture = serving(OptionalInt.of(8443), Optional.empty());
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client plain = fixture.connect();
        Fixture.Client encrypted =
            TlsClient.trusting(authority, fixture.gateway.httpsPort()).http(HOST)) {
      fixture.ready("i1", upstream);
      String request = "GET / HTTP/1.1\r\nHost: hello.example\r\n";
      assertThat(encrypted.send(request + "\r\n").response()).startsWith("HTTP/1.1 200");
      assertThat(plain.send(request + "X-Forwarded-Proto: https\r\n\r\n").response())
          .startsWith("HTTP/1.1 200");
      assertThat(plain.send(request + "X-Forwarded-Proto: http\r\n\r\n").response())
          .startsWith("HTTP/1.1 301");
    }
  }

  @Test
  void aProbeIsAnsweredAsItCame() throws Exception {
    try (Fixture fixture = serving(OptionalInt.of(8443), Optional.empty());
        Fixture.Client client = fixture.connect()) {
      assertThat(
              client
                  .send("GET / HTTP/1.1\r\nHost: hello.example\r\nK-Network-Probe: probe\r\n\r\n")
                  .response())
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void theCookieOfASessionStaysWithinTls() throws Exception {
    try (Fixture fixture =
            serving(OptionalInt.empty(), Optional.of(new SessionAffinity("sticky", "/", "key")));
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client plain = fixture.connect();
        Fixture.Client encrypted =
            TlsClient.trusting(authority, fixture.gateway.httpsPort()).http(HOST)) {
      fixture.ready("i1", upstream);
      String request = "GET / HTTP/1.1\r\nHost: hello.example\r\n\r\n";
      assertThat(encrypted.send(request).response().toLowerCase(Locale.ROOT))
          .containsPattern("set-cookie: sticky=.*; secure\r");
      assertThat(plain.send(request).response().toLowerCase(Locale.ROOT))
          .contains("set-cookie: sticky=")
          .doesNotContain("secure");
    }
  }
}

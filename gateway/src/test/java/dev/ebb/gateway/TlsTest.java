package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.ServerCertificate;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTPS at the gateway: certificates by host, and the same requests as without TLS.
@Timeout(300)
class TlsTest {
  private static final String HOST = "hello.example";
  private static final String REQUEST = "GET /a?b=c HTTP/1.1\r\nHost: hello.example\r\n\r\n";

  /// Of the client; what the gateway tells is an alert by this name.
  private static final String REFUSED =
      "(unrecognized_name) Received fatal alert: unrecognized_name";

  @TempDir Path directory;
  private final TestAuthority authority;

  TlsTest() throws Exception {
    authority = new TestAuthority();
  }

  private static Fixture start() {
    return new Fixture(config -> config.withHttpsPort(TlsClient.ANY_PORT), Fixture.limits(0));
  }

  private TlsClient client(Fixture fixture) throws Exception {
    return TlsClient.trusting(authority, fixture.gateway.httpsPort());
  }

  private Fixture serving(String... hosts) throws Exception {
    Fixture fixture = start();
    fixture.gateway.certificates(table(Optional.empty(), authority.issue(hosts)));
    return fixture;
  }

  private static CertificateTable table(
      Optional<ServerCertificate> fallback, ServerCertificate... certificates) {
    Map<String, ServerCertificate> hosts = new HashMap<>();
    Arrays.stream(certificates).forEach(one -> hosts.put(one.name(), one));
    return new CertificateTable(hosts, fallback);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "one.example,      one.example",
        "ONE.example,      one.example",
        "two.example,      two.example",
        "a.wild.example,   *.wild.example",
        "own.wild.example, own.wild.example",
        "a.b.wild.example, " + REFUSED,
        "wild.example,     " + REFUSED,
        "other.example,    " + REFUSED,
        "localhost,        " + REFUSED,
        "none,             " + REFUSED,
      })
  void theHostThatIsNamedDecides(String host, String shown) throws Exception {
    try (Fixture fixture = start()) {
      fixture.gateway.certificates(
          table(
              Optional.empty(),
              authority.issue("one.example"),
              authority.issue("two.example"),
              authority.issue("*.wild.example"),
              authority.issue("own.wild.example")));
      for (String version : List.of("TLSv1.3", "TLSv1.2")) {
        assertThat(client(fixture).shown(Optional.ofNullable(host), version)).isEqualTo(shown);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {"one.example, one.example", "other.example, any.example", "none, any.example"})
  void whatHasNoCertificateGetsTheOneForAll(String host, String shown) throws Exception {
    try (Fixture fixture = start()) {
      fixture.gateway.certificates(
          table(Optional.of(authority.issue("any.example")), authority.issue("one.example")));
      assertThat(client(fixture).shown(Optional.ofNullable(host), "TLSv1.3")).isEqualTo(shown);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "RSASSA-PSS", "Ed25519"})
  void everyKindOfKeyServes(String algorithm) throws Exception {
    try (Fixture fixture = start()) {
      fixture.gateway.certificates(table(Optional.empty(), authority.issueWith(algorithm, HOST)));
      for (String version : List.of("TLSv1.3", "TLSv1.2")) {
        assertThat(client(fixture).shown(Optional.of(HOST), version)).isEqualTo(HOST);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, h2 http/1.1, h2",
    "TLSv1.2, h2 http/1.1, h2",
    "TLSv1.3, http/1.1, http/1.1",
    "TLSv1.3, spdy/3, ''",
    "TLSv1.3, '', ''"
  })
  void theApplicationProtocolIsAgreedOn(String version, String offered, String chosen)
      throws Exception {
    List<String> protocols = offered.isEmpty() ? List.of() : List.of(offered.split(" ", -1));
    try (Fixture fixture = serving(HOST);
        SSLSocket socket =
            client(fixture).connect(Optional.of(HOST), List.of(version), protocols)) {
      assertThat(socket.getApplicationProtocol()).isEqualTo(chosen);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.ebb.gateway.Fixture#transports")
  void requestsAreTheSameAndSayThatTheyWereEncrypted(Transport transport) throws Exception {
    try (Fixture fixture =
            new Fixture(
                config -> config.withHttpsPort(TlsClient.ANY_PORT).withTransport(transport),
                Fixture.limits(0));
        Upstream upstream =
            new Upstream(
                directory,
                connection -> {
                  for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                    connection.answer(200, head.toLowerCase(Locale.ROOT));
                  }
                })) {
      fixture.gateway.certificates(table(Optional.empty(), authority.issue(HOST)));
      fixture.ready("i1", upstream);
      try (Fixture.Client encrypted = client(fixture).http(HOST);
          Fixture.Client plain = fixture.connect()) {
        for (int i = 0; i < 3; i++) {
          assertThat(encrypted.send(REQUEST).response())
              .startsWith("HTTP/1.1 200")
              .contains("get /a?b=c http/1.1", "x-forwarded-proto: https")
              .containsPattern("forwarded: for=127\\.0\\.0\\.1;host=hello\\.example;proto=https\r");
        }
        assertThat(plain.send(REQUEST).response())
            .contains("x-forwarded-proto: http\r")
            .containsPattern("forwarded: .*;proto=http\r");
      }
    }
  }

  @Test
  void http2HasItsStreamsInOneEncryptedConnection() throws Exception {
    var tls =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(authority.trust())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    "h2"))
            .build();
    try (Fixture fixture = serving(HOST);
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Http2Caller caller = new Http2Caller(fixture.gateway.httpsPort(), Optional.of(tls))) {
      fixture.ready("i1", upstream);
      for (int i = 0; i < 3; i++) {
        Http2Caller.Stream stream = caller.request("POST", "/b", false);
        stream.send("hello", true);
        assertThat(stream.next()).isEqualTo("headers 200");
        assertThat(stream.next()).isEqualTo("data POST /b HTTP/1.1\nhello");
      }
    }
  }

  @Test
  void aNewCertificateIsForNewConnections() throws Exception {
    try (Fixture fixture = serving(HOST);
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      TlsClient client = client(fixture);
      try (Fixture.Client open = client.http(HOST)) {
        assertThat(open.send(REQUEST).response()).startsWith("HTTP/1.1 200");
        ServerCertificate renewed = authority.issue(HOST);
        fixture.gateway.certificates(table(Optional.empty(), renewed));

        try (SSLSocket next = client.connect(HOST)) {
          assertThat(next.getSession().getPeerCertificates()[0])
              .isEqualTo(renewed.chain().getFirst());
        }
        assertThat(open.send(REQUEST).response()).startsWith("HTTP/1.1 200");

        fixture.gateway.certificates(CertificateTable.EMPTY);
        // Not even with the session that the client has.
        assertThat(client.shown(Optional.of(HOST), "TLSv1.3")).isEqualTo(REFUSED);
        assertThat(open.send(REQUEST).response()).startsWith("HTTP/1.1 200");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "half", "hello"})
  void aHandshakeThatDoesNotEndIsEnded(String sent) throws Exception {
    // Of the others nothing comes in any time.
    Predicate<byte[]> inTime = answer -> !sent.equals("hello") || answer.length > 0;
    byte[] answer = Haste.longEnough(inTime, time -> answerTo(sent, time));
    assertThat(answer.length > 0).isEqualTo(sent.equals("hello"));
  }

  /// What comes until the gateway closes the connection.
  private byte[] answerTo(String sent, Duration handshakeTimeout) throws Exception {
    try (Fixture fixture =
        new Fixture(
            config ->
                config.withHttpsPort(TlsClient.ANY_PORT).withHandshakeTimeout(handshakeTimeout),
            Fixture.limits(0))) {
      fixture.gateway.certificates(table(Optional.empty(), authority.issue(HOST)));
      byte[] hello = client(fixture).hello(HOST);
      try (Fixture.Client client = plain(fixture)) {
        client
            .socket()
            .getOutputStream()
            .write(
                switch (sent) {
                  case "nothing" -> new byte[0];
                  case "half" -> Arrays.copyOf(hello, hello.length / 2);
                  default -> hello;
                });
        return client.in().readAllBytes();
      } catch (SocketException closedBefore) {
        return new byte[0];
      }
    }
  }

  @Test
  void aPortThatIsInUseIsLeftOnlyWhereItMayBe() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = other.getLocalPort();
      assertThatThrownBy(() ->
              new Fixture(
                      config -> config.withHttpsPort(new GatewayConfig.HttpsPort(taken, false)),
                      Fixture.limits(0))
                  .close())
          .isInstanceOf(GatewayException.class)
          .hasMessageContaining("port " + taken + " of ");
      try (Fixture fixture =
          new Fixture(
              config -> config.withHttpsPort(new GatewayConfig.HttpsPort(taken, true)),
              Fixture.limits(0))) {
        assertThat(fixture.gateway.httpsPort()).isPositive().isNotEqualTo(taken);
        fixture.gateway.certificates(table(Optional.empty(), authority.issue(HOST)));
        assertThat(client(fixture).shown(Optional.of(HOST), "TLSv1.3")).isEqualTo(HOST);
        assertThat(fixture.gateway.isListening()).isTrue();
      }
    }
  }

  @Test
  void whoSpeaksPlainHttpIsToldThatItIsTheWrongPort() throws Exception {
    try (Fixture fixture = serving(HOST);
        Fixture.Client client = plain(fixture)) {
      client.send(REQUEST);
      assertThat(new String(client.in().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 400 Bad Request")
          .contains("this port speaks HTTPS");
    }
  }

  @Test
  void aHelloWithoutAnEndIsNotCollected() throws Exception {
    try (Fixture fixture = serving(HOST);
        Fixture.Client client = plain(fixture)) {
      byte[] record = new byte[5 + 16_384];
      // Of 16 MiB less one, in the words of the first record's header.
      System.arraycopy(
          new byte[] {22, 3, 1, 64, 0, 1, (byte) 255, (byte) 255, (byte) 255}, 0, record, 0, 9);
      assertThatThrownBy(
              () -> {
                while (true) {
                  client.socket().getOutputStream().write(record);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theAnswerToWhoStillSendsEndsInOrder() throws Exception {
    try (Fixture fixture = serving(HOST);
        Fixture.Client client = client(fixture).http(HOST)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + "x".repeat(100_000));
      // Java's TLS fails when the connection ends without being told to.
      assertThat(new String(client.in().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 400")
          .contains("more than one Host header");
    }
  }

  @Test
  void aGatewayThatEndsTellsItsClients() throws Exception {
    Fixture fixture = serving(HOST);
    try (Fixture.Client idle = client(fixture).http(HOST);
        Fixture.Client asked = client(fixture).http(HOST)) {
      asked.send("OPTIONS * HTTP/1.1\r\nHost: hello.example\r\n\r\n");
      assertThat(asked.response()).startsWith("HTTP/1.1 204");
      fixture.close();
      assertThat(idle.in().read()).isNegative();
      assertThat(asked.in().read()).isNegative();
    }
  }

  @Test
  void largeBodiesPassBothWays() throws Exception {
    String body = "0123456789abcdef".repeat(1 << 18);
    try (Fixture fixture = serving(HOST);
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = client(fixture).http(HOST)) {
      fixture.ready("i1", upstream);
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(
                      "POST / HTTP/1.1\r\nHost: hello.example\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body);
                } catch (IOException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      assertThat(client.response()).endsWith(body);
      sender.join();
    }
  }

  @Test
  void anotherProtocolIsEncryptedToo() throws Exception {
    try (Fixture fixture = serving(HOST);
        Upstream upstream =
            new Upstream(
                directory,
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
                  connection.send(new String(connection.in().readNBytes(4), ISO_8859_1));
                });
        Fixture.Client client = client(fixture).http(HOST)) {
      fixture.ready("i1", upstream);
      client.send(
          "GET / HTTP/1.1\r\nHost: hello.example\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
      assertThat(client.response()).startsWith("HTTP/1.1 101");
      client.send("ping");
      assertThat(new String(client.in().readAllBytes(), ISO_8859_1)).isEqualTo("ping");
    }
  }

  @Test
  void aSecondHandshakeOnAConnectionIsRefused() throws Exception {
    try (Fixture fixture = serving(HOST);
        SSLSocket socket =
            client(fixture).connect(Optional.of(HOST), List.of("TLSv1.2"), List.of())) {
      socket.startHandshake();
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void whatClientsDoIsCounted() throws Exception {
    try (Fixture fixture = serving(HOST)) {
      client(fixture).connect(HOST).close();
      TlsClient other = client(fixture);
      assertThatThrownBy(() -> other.connect("other.example")).isInstanceOf(SSLException.class);
      // A client knows that it is done before the gateway does.
      await()
          .untilAsserted(() -> {
            assertThat(total(fixture, "ebb_gateway_tls_handshakes")).isEqualTo(1);
            assertThat(total(fixture, "ebb_gateway_tls_handshakes_failed")).isEqualTo(1);
          });
    }
  }

  private static double total(Fixture fixture, String name) {
    return fixture.gateway.metrics().stream()
        .filter(family -> family.name().equals(name))
        .flatMap(family -> family.samples().stream())
        .mapToDouble(sample -> ((MetricFamily.Value.Scalar) sample.value()).value())
        .sum();
  }

  private static Fixture.Client plain(Fixture fixture) throws IOException {
    return new Fixture.Client(
        new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.httpsPort()));
  }
}

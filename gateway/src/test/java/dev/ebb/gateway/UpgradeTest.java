package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.RequestLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections whose protocol becomes another one: WebSockets, and whatever else an instance speaks
/// with its clients.
@Timeout(300)
class UpgradeTest {
  private static final String ASK =
      "GET /talk HTTP/1.1\r\nHost: hello.example\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\n";
  private static final String CHANGED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\n";
  private static final int MUCH = 8 * 1024 * 1024;

  @TempDir private Path directory;

  /// Changes the protocol and sends back what comes.
  private static Upstream.Script echo() {
    return connection -> {
      connection.head();
      connection.send(CHANGED);
      connection.in().transferTo(connection.out());
    };
  }

  private static void awaitOrFail(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IOException("nobody let it answer");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static Fixture fixture(Duration timeout) {
    return new Fixture(config -> config, Fixture.limits(1, timeout));
  }

  private static String heading(Fixture.Client client) throws IOException {
    return new Upstream.Connection(client.in(), client.socket().getOutputStream()).head();
  }

  private static String read(Fixture.Client client, int bytes) throws IOException {
    return new String(client.in().readNBytes(bytes), ISO_8859_1);
  }

  static Iterable<Transport> transports() {
    return Fixture.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void bytesPassBothWaysUntilTheClientLeaves(Transport transport) throws Exception {
    AtomicReference<String> seen = new AtomicReference<>("");
    CountDownLatch over = new CountDownLatch(1);
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(1));
        Upstream upstream =
            new Upstream(
                directory,
                connection -> {
                  seen.set(connection.head());
                  connection.send(CHANGED + "first");
                  connection.in().transferTo(connection.out());
                  over.countDown();
                })) {
      fixture.ready("i1", upstream);
      try (Fixture.Client client = fixture.connect()) {
        client.send(ASK);
        assertThat(heading(client))
            .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
            .containsIgnoringCase("\r\nconnection: upgrade\r\n")
            .containsIgnoringCase("\r\nupgrade: echo/1\r\n")
            .doesNotContainIgnoringCase("transfer-encoding");
        assertThat(read(client, 5)).isEqualTo("first");
        assertThat(read(client.send("GET / HTTP/1.1\r\n\r\n"), 18))
            .isEqualTo("GET / HTTP/1.1\r\n\r\n");
        assertThat(seen.get())
            .containsIgnoringCase("\r\nconnection: upgrade\r\n")
            .containsIgnoringCase("\r\nupgrade: echo/1\r\n")
            .containsIgnoringCase("\r\nx-forwarded-for: ");
        assertThat(fixture.gateway.inFlight(Fixture.instance("i1"))).isEqualTo(1);
      }
      assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
      await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
      await()
          .untilAsserted(() ->
              assertThat(fixture.log)
                  .singleElement()
                  .satisfies(entry -> assertThat(entry.status()).isEqualTo(101)));
    }
  }

  @Test
  void anInstanceThatDrainsIsQuietWhenOnlyUpgradedConnectionsAreLeft() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Upstream.Script script =
        connection -> {
          if (connection.head().startsWith("GET /talk")) {
            connection.send(CHANGED);
            connection.in().transferTo(connection.out());
          } else {
            awaitOrFail(answer);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          }
        };
    try (Fixture fixture = new Fixture(config -> config, Fixture.limits(2));
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      var one = Fixture.instance("i1");
      try (Fixture.Client plain = fixture.connect();
          Fixture.Client upgraded = fixture.connect()) {
        heading(upgraded.send(ASK));
        plain.send("GET / HTTP/1.1\r\nHost: hello.example\r\n\r\n");
        await().until(() -> fixture.gateway.inFlight(one) == 2);
        var drained = fixture.gateway.drain(one).toCompletableFuture();
        var quiet = fixture.gateway.quiet(one).toCompletableFuture();
        assertThat(quiet).isNotDone();

        answer.countDown();
        assertThat(heading(plain)).startsWith("HTTP/1.1 200 ");
        await().until(quiet::isDone);
        assertThat(read(upgraded.send("still"), 5)).isEqualTo("still");
        assertThat(drained).isNotDone();

        upgraded.socket().close();
        await().until(drained::isDone);
      }
    }
  }

  @Test
  void aWebSocketClientTalksToAProgramThatSpeaksIt() throws Exception {
    try (Fixture fixture = fixture(Duration.ofMinutes(1));
        Upstream upstream = new Upstream(directory, UpgradeTest::webSocketEcho);
        HttpClient http = HttpClient.newHttpClient()) {
      fixture.ready("i1", upstream);
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      WebSocket socket =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + fixture.gateway.port() + "/talk"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean l) {
                      received.add(text.toString());
                      from.request(1);
                      return CompletableFuture.completedStage(null);
                    }
                  })
              .get(60, TimeUnit.SECONDS);
      for (String text : new String[] {"one", "two", "x".repeat(100)}) {
        socket.sendText(text, true).get(60, TimeUnit.SECONDS);
        assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(text);
      }
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);
      await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
    }
  }

  /// RFC 6455 with short frames: what comes masked goes back unmasked.
  private static void webSocketEcho(Upstream.Connection connection) throws IOException {
    String key = connection.head().replaceFirst("(?is).*sec-websocket-key: ([^\r]+)\r.*", "$1");
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: %s\r\n\r\n".formatted(accept(key)));
    for (int opcode = connection.in().read(); opcode >= 0; opcode = connection.in().read()) {
      byte[] payload = new byte[connection.in().read() & 0x7f];
      byte[] mask = connection.in().readNBytes(4);
      connection.in().readNBytes(payload, 0, payload.length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      connection.out().write(new byte[] {(byte) opcode, (byte) payload.length});
      connection.out().write(payload);
      connection.out().flush();
      if ((opcode & 0xf) == 8) {
        return;
      }
    }
  }

  private static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatTheInstanceSaidLastArrivesBeforeItsEnd() throws Exception {
    try (Fixture fixture = fixture(Duration.ofMinutes(1));
        Upstream upstream =
            new Upstream(
                directory,
                connection -> {
                  connection.head();
                  connection.send(CHANGED + "y".repeat(MUCH));
                })) {
      fixture.ready("i1", upstream);
      try (Fixture.Client client = fixture.connect()) {
        client.send(ASK);
        heading(client);
        byte[] all = client.in().readAllBytes();
        assertThat(all).hasSize(MUCH).containsOnly('y');
      }
      await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
    }
  }

  /// More than all buffers hold is on its way in both directions at once.
  @Test
  void aSideThatDoesNotReadHoldsTheOtherBackAndNothingIsLost() throws Exception {
    try (Fixture fixture = fixture(Duration.ofMinutes(1));
        Upstream upstream = new Upstream(directory, echo());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send(ASK);
      heading(client);
      byte[] sent = new byte[MUCH];
      for (int i = 0; i < MUCH; i++) {
        sent[i] = (byte) (i * 31 + i / 251);
      }
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.socket().getOutputStream().write(sent);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      byte[] received = client.in().readNBytes(MUCH);
      sender.join();
      assertThat(Arrays.mismatch(received, sent)).isEqualTo(-1);
    }
  }

  enum Limit {
    OF_THE_REQUEST,
    OF_THE_ANSWERS_BEGIN
  }

  @ParameterizedTest
  @EnumSource
  void theTimeOfTheRequestIsThatOfTheConnection(Limit limit) throws Exception {
    String heading =
        Haste.longEnough(told -> !told.startsWith("HTTP/1.1 504"), time -> talk(limit, time));
    assertThat(heading).startsWith("HTTP/1.1 101");
  }

  /// The header of the answer, when the connection has ended.
  private String talk(Limit limit, Duration time) throws IOException {
    boolean total = limit == Limit.OF_THE_REQUEST;
    RequestLimits limits =
        new RequestLimits(
            1,
            total ? time : Duration.ofMinutes(10),
            total ? Duration.ZERO : time,
            Duration.ZERO,
            100);
    try (Fixture fixture =
            new Fixture(config -> config.withStuckGrace(Duration.ofMillis(100)), limits);
        Upstream upstream = new Upstream(directory, echo());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send(ASK);
      String heading = heading(client);
      if (heading.startsWith("HTTP/1.1 101")) {
        assertThat(client.in().read()).isEqualTo(-1);
      }
      await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
      return heading;
    }
  }

  @Test
  void anInstanceThatDoesNotWantToAnswersAsAlways() throws Exception {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(ASK).response()).startsWith("HTTP/1.1 200");
      assertThat(client.send(ASK).response()).endsWith("GET /talk HTTP/1.1\n");
      assertThat(upstream.connections).hasValue(1);
    }
  }

  /// Upgrades that are none: the header is the gateway's, and the request a plain one.
  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1, keep-alive, echo/1, 0, 'no upgrade in Connection'",
    "HTTP/1.1, Upgrade, h2c, 0, 'the gateway knows HTTP/2 itself'",
    "HTTP/1.1, Upgrade, echo/1, 3, 'a body'",
    "HTTP/1.0, Upgrade, echo/1, 0, 'HTTP/1.0 has no upgrades'",
  })
  void aProgramThatChangesTheProtocolUnaskedIsAnError(
      String version, String connection, String protocol, int length, String why) throws Exception {
    AtomicReference<String> seen = new AtomicReference<>("");
    try (Fixture fixture = Fixture.start();
        Upstream upstream =
            new Upstream(
                directory,
                client -> {
                  seen.set(client.head());
                  client.send(CHANGED);
                })) {
      fixture.ready("i1", upstream);
      String request =
          "POST / %s\r\nHost: a\r\nConnection: %s, close\r\nUpgrade: %s\r\nContent-Length: %s\r\n\r\n%s"
              .formatted(version, connection, protocol, length, "x".repeat(length));
      assertThat(fixture.exchange(request)).as(why).contains(" 502 ", "without being asked");
      assertThat(seen.get()).doesNotContainIgnoringCase("upgrade");
    }
  }

  @Test
  void aClientThatDoesNotWaitForTheAnswerIsCutOff() throws Exception {
    try (Fixture fixture = fixture(Duration.ofMinutes(1));
        Upstream upstream = new Upstream(directory, echo());
        Fixture.Client client = fixture.connect()) {
      client.send(ASK + ASK); // the second is a request of HTTP still
      fixture.ready("i1", upstream);
      assertThat(client.in().readAllBytes()).isEmpty();
      await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
    }
  }
}

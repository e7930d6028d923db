package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are slow, rude or gone.
@Timeout(120)
class ConnectionTest {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\n";

  private TestServer server;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private RawConnection connect() throws IOException {
    return connect(server);
  }

  private static RawConnection connect(TestServer to) throws IOException {
    return new RawConnection(to.config.socket().orElseThrow());
  }

  @Test
  void theUnixSocketNeedsNoToken() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("GET /api/v1/namespaces/default" + HEAD + "Connection: close\r\n\r\n");
      assertThat(connection.readToEnd()).startsWith("HTTP/1.1 200").contains("\"default\"");
    }
  }

  @Test
  void aHeaderOfOneMegabyteIsRefused() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("GET /version" + HEAD + "X-Large: " + "x".repeat(1 << 20) + "\r\n\r\n");
      assertThat(connection.readToEnd())
          .startsWith("HTTP/1.1 431")
          .contains("\"kind\":\"Status\"")
          .contains("\"code\":431");
    }
  }

  @Test
  void aLongPathIsRefused() throws Exception {
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT);
        RawConnection connection = connect(impatient)) {
      connection.send("GET /" + "x".repeat(60_000) + HEAD + "\r\n");
      assertThat(connection.readToEnd()).startsWith("HTTP/1.1 414").contains("\"kind\":\"Status\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "\u0000\r\n\r\n"})
  void whatIsNoRequestEndsTheConnectionAndNothingElse(String text) throws Exception {
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT)) {
      try (RawConnection connection = connect(impatient)) {
        connection.send(text);
        assertThat(connection.readToEnd())
            .satisfiesAnyOf(
                answer -> assertThat(answer).isEmpty(),
                answer -> assertThat(answer).contains("\"kind\":\"Status\""));
      }
      try (RawConnection connection = connect(impatient)) {
        connection.send("GET /version" + HEAD + "\r\n");
        assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void anUploadOfTenGigabytesIsRefusedAtItsFirstByte() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("POST " + CONFIG_MAPS + HEAD + "Content-Length: 10737418240\r\n\r\n");
      assertThat(connection.readUntil("\"code\":413")).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aChunkedUploadWithoutEndIsCut() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("POST " + CONFIG_MAPS + HEAD + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + " ".repeat(1 << 16) + "\r\n";
      for (int i = 0; i < 49; i++) {
        connection.send(chunk);
      }
      assertThat(connection.readUntil("\"code\":413")).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aClientThatWaitsForItIsToldToSendTheBody() throws Exception {
    String body = "{\"metadata\":{\"name\":\"a\"}}";
    try (RawConnection connection = connect()) {
      connection.send(
          "POST %s%sExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
              .formatted(CONFIG_MAPS, HEAD, body.length()));
      assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
      connection.send(body);
      assertThat(connection.readUntil("\"name\":\"a\"")).startsWith("HTTP/1.1 201");
    }
  }

  @Test
  void aClientThatWaitsIsNotToldToSendWhatIsRefused() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send(
          "POST %s%sExpect: 100-continue\r\nContent-Length: 10737418240\r\n\r\n"
              .formatted(CONFIG_MAPS, HEAD));
      assertThat(connection.readUntil("\"code\":413")).startsWith("HTTP/1.1 413");
    }
  }

  /// The time-out of the class is the bound: without one of its own the server would read 10 GB.
  @Test
  void aClientThatDoesNotStopSendingIsCut() throws Exception {
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT);
        RawConnection connection = connect(impatient)) {
      connection.send("POST " + CONFIG_MAPS + HEAD + "Content-Length: 10737418240\r\n\r\n");
      assertThat(connection.readUntil("\"code\":413")).startsWith("HTTP/1.1 413");
      assertThatThrownBy(
              () -> {
                while (true) {
                  connection.send(" ");
                  LockSupport.parkNanos(1_000_000);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST " + CONFIG_MAPS + HEAD + "Content-Length: 100\r\n\r\n{",
        "GET /version" + HEAD + "X-Slow: ",
        "GET /ver"
      })
  void aRequestThatDoesNotArriveIsCut(String beginning) throws Exception {
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT);
        RawConnection connection = connect(impatient)) {
      connection.send(beginning);
      assertThat(connection.readToEnd()).isEmpty();
    }
  }

  @Test
  void aWatchEndsWhenItsClientGoes() throws Exception {
    HttpResponse<InputStream> response =
        server.client.send(
            server.request(CONFIG_MAPS + "?watch=true").build(), BodyHandlers.ofInputStream());
    assertThat(server.server.openStreams()).isEqualTo(1);
    response.body().close();
    Awaitility.await().untilAsserted(() -> assertThat(server.server.openStreams()).isZero());
  }

  @Test
  void aWatchEndsInOrderWhenTheServerCloses() throws Exception {
    HttpResponse<InputStream> response =
        server.client.send(
            server.request(CONFIG_MAPS + "?watch=true").build(), BodyHandlers.ofInputStream());
    server.send("POST", CONFIG_MAPS, "application/json", "{\"metadata\":{\"name\":\"a\"}}");
    Thread closing = Thread.ofVirtual().start(server.server::close);
    String all = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(all).startsWith("{\"type\":\"ADDED\"").endsWith("}\n");
    closing.join();
  }

  /// Nothing is buffered for a watcher but what the kernel takes; who reads no more is cut.
  @Test
  void aWatcherThatDoesNotReadIsCut() throws Exception {
    String large = "x".repeat(1 << 20);
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT)) {
      for (int i = 0; i < 4; i++) {
        impatient.resources.create(
            CoreKinds.CONFIG_MAP,
            KubernetesObject.of(CoreKinds.CONFIG_MAP.type(), new ObjectKey("default", "a" + i))
                .with(json -> json.putObject("data").put("x", large)),
            WriteOptions.by("test"));
      }
      try (RawConnection connection = connect(impatient)) {
        connection.send("GET " + CONFIG_MAPS + "?watch=true" + HEAD + "\r\n");
        assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");

        Awaitility.await().until(() -> impatient.server.openStreams() == 0);
        assertThat(connection.readToEnd()).hasSizeLessThan(large.length());
      }
    }
  }

  @Test
  void aConnectionIsUsedAgainAfterAWatch() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("GET " + CONFIG_MAPS + "?watch=true&timeoutSeconds=1" + HEAD + "\r\n");
      assertThat(connection.readUntil("0\r\n\r\n")).startsWith("HTTP/1.1 200");
      connection.send("GET /healthz" + HEAD + "\r\n");
      assertThat(connection.readUntil("ok")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aRequestSentDuringAWatchIsAnsweredAfterIt() throws Exception {
    try (RawConnection connection = connect()) {
      connection.send("GET " + CONFIG_MAPS + "?watch=true&timeoutSeconds=1" + HEAD + "\r\n");
      connection.readUntil("\r\n\r\n");
      connection.send("GET /healthz" + HEAD + "\r\n");
      assertThat(connection.readUntil("ok")).contains("HTTP/1.1 200");
    }
  }
}

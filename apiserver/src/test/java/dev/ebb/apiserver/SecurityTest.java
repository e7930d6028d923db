package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    server =
        new TestServer(
            new ApiServer.Handlers(
                List.of(
                    new PathRoute("/metrics", false, e -> Responses.text(e, 200, e.user().name())),
                    new PathRoute("/welcome", true, e -> Responses.text(e, 200, e.user().name()))),
                List.of()));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/healthz, 200",
    "/livez, 200",
    "/readyz, 200",
    "/healthz/ping, 200",
    "/livez?verbose, 200",
    "/readyz/shutdown, 200",
    "/readyz/nothing, 401",
    "/readyzz, 401",
    "/version, 401",
    "/version/, 401",
    "/welcome, 200",
    "/welcome/there, 200",
    "/metrics, 401",
    "/metrics/more, 401",
    "/welcomer, 401",
    "/, 401",
    "/api, 401",
    "/apis, 401",
    "/openapi/v3, 401",
    "/api/v1/namespaces, 401",
    "/api/v1/namespaces/default/secrets/s, 401",
    "/nothing, 401",
    "//api/v1/namespaces, 401",
    "/healthz/../api/v1/namespaces, 401",
  })
  void anybodyMayAskForLittle(String path, int code) throws Exception {
    HttpResponse<String> response =
        server.client.send(
            HttpRequest.newBuilder(URI.create(server.server.url() + path)).build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(code);
    if (code == 401) {
      assertThat(TestServer.json(response).path("reason").asString()).isEqualTo("Unauthorized");
      assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer wrong", "Basic dXNlcjpwYXNz", "wrong"})
  void aWrongTokenIsRefused(String header) throws Exception {
    HttpResponse<String> response =
        server.client.send(
            HttpRequest.newBuilder(URI.create(server.server.url() + "/api/v1/namespaces"))
                .header("Authorization", header)
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).doesNotContain(server.token());
  }

  @Test
  void theTokenMakesTheAdministrator() throws Exception {
    assertThat(server.send(server.request("/metrics")).body()).isEqualTo("system:admin");
    assertThat(server.send(server.request("/welcome")).body()).isEqualTo("system:anonymous");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /healthz|ok
          /healthz?verbose|[+]ping ok~healthz check passed~
          /readyz?verbose=true|[+]ping ok~[+]shutdown ok~readyz check passed~
          /readyz?verbose&exclude=ping|[+]ping excluded: ok~[+]shutdown ok~readyz check passed~
          """)
  void healthTellsWhatWasLookedAt(String path, String report) throws Exception {
    assertThat(server.send(server.request(path)).body()).isEqualTo(report.replace("~", "\n"));
  }

  @Test
  void aClientThatDoesNotTrustTheAuthorityDoesNotConnect() {
    try (HttpClient stranger = HttpClient.newHttpClient()) {
      assertThatThrownBy(
              () -> stranger.send(server.request("/version").build(), BodyHandlers.discarding()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void theCertificateHoldsForEveryLoopbackName() throws Exception {
    for (String host : List.of("localhost", "127.0.0.1", "[::1]")) {
      URI uri = URI.create("https://%s:%d/healthz".formatted(host, server.server.port()));
      assertThat(
              server
                  .client
                  .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void secretsAreReadableByTheirOwnerOnly() throws Exception {
    try (Stream<Path> files = Files.walk(server.config.pki())) {
      List<Path> all =
          Stream.concat(files, Stream.of(server.config.kubeconfig()))
              .filter(Files::isRegularFile)
              .toList();
      assertThat(all).hasSize(8);
      for (Path file : all) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
    Path socket = server.config.socket().orElseThrow();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(server.directory.resolve("run"))))
        .isEqualTo("rwx------");
  }
}

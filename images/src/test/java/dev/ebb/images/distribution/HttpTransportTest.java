package dev.ebb.images.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.ebb.images.distribution.HttpTransport.Request;
import dev.ebb.images.testing.FakeRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS with a certificate that the machine does not know.
class HttpTransportTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path shared;
  private static KeyStore keys;

  @TempDir Path directory;
  private HttpsServer server;
  private Path authority;

  @BeforeAll
  static void makeKeys() throws IOException, GeneralSecurityException, InterruptedException {
    keys = keys(shared.resolve("keys.p12"));
  }

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    authority = directory.resolve("ca.pem");
    var encoded = Base64.getMimeEncoder().encodeToString(keys.getCertificate("key").getEncoded());
    Files.writeString(
        authority, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    var tls = SSLContext.getInstance("TLS");
    tls.init(factory.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://localhost/plain");
          boolean down = exchange.getRequestURI().getPath().equals("/down");
          exchange.sendResponseHeaders(down ? 307 : 200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aCertificateMustBeTrustedUnlessItsHostIsInsecure() throws Exception {
    try (var transport = new HttpTransport(RegistriesConfig.DEFAULT)) {
      assertThatThrownBy(() -> status(transport, true, "/"))
          .isInstanceOf(SSLHandshakeException.class)
          .satisfies(e ->
              assertThat(
                      RegistryErrors.ofFailure(
                          ImageReference.parse("a.b/c"), "a.b", (IOException) e))
                  .hasMessageContaining("its certificate is not trusted (unable to find")
                  .hasMessageContaining("--registry-ca"));
      assertThat(status(transport, false, "/")).isEqualTo(200);
    }
  }

  @Test
  void theOperatorsAuthoritiesAreTrusted() throws Exception {
    try (var transport = new HttpTransport(trusting(authority))) {
      assertThat(status(transport, true, "/")).isEqualTo(200);
    }
  }

  @Test
  void aFileWithoutCertificatesIsTold() throws IOException {
    var empty = Files.createFile(directory.resolve("empty.pem"));
    try (var transport = new HttpTransport(trusting(empty))) {
      assertThatThrownBy(() -> status(transport, true, "/"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no PEM certificate in " + empty);
    }
  }

  @Test
  void nothingLeadsFromTlsToPlainHttp() {
    try (var transport = new HttpTransport(trusting(authority))) {
      assertThatThrownBy(() -> status(transport, true, "/down"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("from HTTPS to http://localhost");
    }
  }

  @Test
  void loopbackIsAskedWhatItSpeaks() throws Exception {
    try (var transport = new HttpTransport(RegistriesConfig.DEFAULT);
        var plain = new FakeRegistry()) {
      var endpoints = new Endpoints(RegistriesConfig.DEFAULT, transport);
      var tls = "localhost:" + server.getAddress().getPort();
      assertThat(endpoints.origin(tls))
          .isEqualTo(new Endpoint(URI.create("https://" + tls), tls, false));
      assertThat(endpoints.origin(plain.host()))
          .isEqualTo(new Endpoint(URI.create("http://" + plain.host()), plain.host(), false));
      assertThat(endpoints.origin("ghcr.io"))
          .isEqualTo(new Endpoint(URI.create("https://ghcr.io"), "ghcr.io", true));
      assertThat(endpoints.origin("docker.io").base())
          .isEqualTo(URI.create("https://registry-1.docker.io"));
    }
  }

  private int status(HttpTransport transport, boolean verified, String path)
      throws IOException, InterruptedException {
    var url = URI.create("https://localhost:" + server.getAddress().getPort() + path);
    var response = transport.send(new Request("GET", url, verified, Map.of(), ""));
    response.body().close();
    return response.statusCode();
  }

  private static RegistriesConfig trusting(Path file) {
    return RegistriesConfig.of(List.of(), List.of(), Optional.of(file), Map.of());
  }

  private static KeyStore keys(Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    var output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }
}

package dev.ebb.bench;

import dev.ebb.cli.ServerRecord;
import dev.ebb.kinds.yaml.YamlReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The way of a client to the Kubernetes API: over TLS, with the kubeconfig that the server wrote.
final class ApiAccess implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final URI url;
  private final String token;
  private final SSLContext tls;
  private final HttpClient client;

  ApiAccess(ServerRecord record) {
    try {
      JsonNode config = YamlReader.readAll(Files.readString(record.kubeconfig())).getFirst();
      url = URI.create(config.at("/clusters/0/cluster/server").asString());
      token = config.at("/users/0/user/token").asString();
      tls = trusting(config.at("/clusters/0/cluster/certificate-authority-data").asString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    client = HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
  }

  private static SSLContext trusting(String authority)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "ebb",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(authority))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  URI url() {
    return url;
  }

  SSLContext tls() {
    return tls;
  }

  /// `Authorization: Bearer ...`
  String authorization() {
    return "Authorization: Bearer " + token;
  }

  /// @throws IllegalStateException for anything but success
  byte[] get(String path, String accept) {
    return send(request(path).header("Accept", accept).GET().build());
  }

  JsonNode get(String path) {
    return json(get(path, "application/json"));
  }

  static JsonNode json(byte[] text) {
    return MAPPER.readTree(text);
  }

  /// @return what was created
  byte[] create(String path, String body) {
    return send(jsonTo(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  void replace(String path, String body) {
    send(jsonTo(path).PUT(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  void merge(String path, String body) {
    send(
        request(path)
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder jsonTo(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + token);
  }

  private byte[] send(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "%s answered %d: %s"
                .formatted(
                    request.uri(),
                    response.statusCode(),
                    new String(response.body(), StandardCharsets.UTF_8)));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}

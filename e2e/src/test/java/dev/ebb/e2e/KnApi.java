package dev.ebb.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// One HTTP client as `kn` is one: its headers, bearer token and CA from a kubeconfig, nothing else
/// asked for (no discovery, no version). Recorded from a kn of knative/client, 2026-07, with
/// `--log-http`.
final class KnApi implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client;
  private final String server;
  private final String token;

  KnApi(Path kubeconfig) {
    try {
      JsonNode config = JSON.readTree(Files.readString(kubeconfig));
      JsonNode cluster = config.path("clusters").path(0).path("cluster");
      server = cluster.path("server").asString();
      token = config.path("users").path(0).path("user").path("token").asString();
      client =
          HttpClient.newBuilder()
              .sslContext(trusting(cluster.path("certificate-authority-data").asString()))
              .build();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param body a missing node where it is no JSON
  record Answer(int status, String text, JsonNode body) {
    JsonNode expect(int code) {
      if (status != code) {
        throw new AssertionError("expected %d, got %d: %s".formatted(code, status, text));
      }
      return body;
    }
  }

  Answer get(String path) {
    return send("GET", path, "", JsonNodeFactory.instance.missingNode());
  }

  Answer post(String path, JsonNode body) {
    return send("POST", path, "application/json", body);
  }

  Answer put(String path, JsonNode body) {
    return send("PUT", path, "application/json", body);
  }

  Answer mergePatch(String path, JsonNode body) {
    return send("PATCH", path, "application/merge-patch+json", body);
  }

  /// @param propagation empty to leave it to the kind
  Answer delete(String path, String apiVersion, String propagation) {
    var options =
        JSON.createObjectNode().put("kind", "DeleteOptions").put("apiVersion", apiVersion);
    if (!propagation.isEmpty()) {
      options.put("propagationPolicy", propagation);
    }
    return send("DELETE", path, "application/json", options);
  }

  /// The lines of a watch, as they come; the caller closes it.
  InputStream watch(String path) {
    HttpResponse<InputStream> response =
        exchange(request(path).GET().build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new AssertionError("a watch was refused: " + response.statusCode());
    }
    return response.body();
  }

  private Answer send(String method, String path, String contentType, JsonNode body) {
    HttpRequest.Builder request = request(path);
    if (body.isMissingNode()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.header("Content-Type", contentType);
      request.method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }
    HttpResponse<String> response = exchange(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), tree(response.body()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server + path))
        .header("Accept", "application/json, */*")
        .header("User-Agent", "kn/v0.0.0 (linux/amd64) kubernetes/$Format")
        .header("Authorization", "Bearer " + token);
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException noJson) {
      return JsonNodeFactory.instance.missingNode();
    }
  }

  private static SSLContext trusting(String authority)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(authority))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    client.close();
  }
}

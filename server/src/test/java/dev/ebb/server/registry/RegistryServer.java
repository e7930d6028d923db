package dev.ebb.server.registry;

import dev.ebb.apiserver.ApiServer;
import dev.ebb.apiserver.ApiServerConfig;
import dev.ebb.apiserver.VersionInfo;
import dev.ebb.images.Blobs;
import dev.ebb.images.registry.Registry;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.resources.local.StoredPolicy;
import dev.ebb.resources.rbac.PolicyBootstrap;
import dev.ebb.store.MemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.json.JsonMapper;

/// An API server with the registry, and a client that trusts it.
final class RegistryServer implements AutoCloseable {
  private final MemoryStore store = new MemoryStore();
  private final StoredPolicy policy;
  private final ApiServer server;
  final SSLContext tls;
  private final HttpClient client;
  final String admin;

  /// @param directory an empty one
  RegistryServer(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    InstantSource clock = InstantSource.system();
    LocalResources resources =
        new LocalResources(store, new DynamicKinds(new BuiltInKinds()), clock, IdSource.random());
    PolicyBootstrap.run(resources);
    policy = new StoredPolicy(resources);
    Registry registry = new Registry(directory, new Blobs(directory), clock);
    ApiServerConfig config =
        ApiServerConfig.inDataDirectory(
            ApiServerConfig.loopback(),
            directory,
            0,
            directory.resolve("run/api.sock"),
            new VersionInfo("0.1.0", ""));
    server =
        new ApiServer(
            resources,
            policy,
            config,
            new ApiServer.Handlers(
                List.of(new RegistryProtocol(registry, policy).route()), List.of()),
            clock);
    server.start();
    admin = Files.readString(config.token()).strip();
    tls = trust(directory.resolve("pki/ca.crt"));
    client = HttpClient.newBuilder().sslContext(tls).build();
    post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}");
  }

  ImageRights rights() {
    return new ImageRights(policy);
  }

  int port() {
    return server.port();
  }

  /// As every client of registries logs in.
  HttpResponse<String> send(
      String token, String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return sendAs("Basic " + base64("ebb:" + token), method, path, body, headers);
  }

  HttpResponse<String> sendAs(
      String authorization, String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url()).resolve(path))
            .timeout(Duration.ofMinutes(2))
            .header("Authorization", authorization)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// The token of a new ServiceAccount in the namespace `default` that has these ClusterRoles
  /// there.
  String token(String name, String... roles) throws IOException, InterruptedException {
    String namespace = "/api/v1/namespaces/default/";
    post(namespace + "serviceaccounts", "{\"metadata\":{\"name\":\"%s\"}}".formatted(name));
    for (String role : roles) {
      post(
          "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
          """
          {"metadata":{"generateName":"%1$s-"},
           "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"%2$s"},
           "subjects":[{"kind":"ServiceAccount","name":"%1$s","namespace":"default"}]}
          """
              .formatted(name, role));
    }
    String answer = post(namespace + "serviceaccounts/" + name + "/token", "{\"spec\":{}}");
    return new JsonMapper().readTree(answer).path("status").path("token").asString();
  }

  private String post(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        sendAs(
            "Bearer " + admin,
            "POST",
            path,
            body.getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
    if (response.statusCode() != 201) {
      throw new AssertionError(path + " answered " + response.statusCode() + response.body());
    }
    return response.body();
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.close();
    policy.close();
    store.close();
  }

  private static SSLContext trust(Path authority) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      keys.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}

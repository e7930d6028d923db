package dev.ebb.apiserver;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.local.CustomResources;
import dev.ebb.resources.local.RoleAggregation;
import dev.ebb.resources.local.StoredPolicy;
import dev.ebb.resources.rbac.Aggregation;
import dev.ebb.resources.rbac.PolicyBootstrap;
import dev.ebb.resources.testing.SettableClock;
import dev.ebb.resources.testing.TestingResources;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/// A whole API server over resources in memory, with an HTTP client that trusts it.
final class TestServer implements AutoCloseable {
  static {
    // Long enough for a machine whose processors others have; most things take some milliseconds.
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
  }

  /// A client that a busy machine holds up is not cut.
  static final ServerLimits LIMITS = limits(Duration.ofMinutes(1), Duration.ofSeconds(2));

  /// For clients that are cut.
  static final ServerLimits IMPATIENT = limits(Duration.ofSeconds(1), Duration.ofMillis(250));

  private static ServerLimits limits(Duration requestTime, Duration drainTime) {
    return new ServerLimits(
        3 << 20,
        64 << 10,
        256,
        requestTime,
        Duration.ofMinutes(1),
        Duration.ofMillis(100),
        drainTime,
        Duration.ofSeconds(2),
        16,
        Duration.ofMinutes(1));
  }

  private final DynamicKinds kinds = new DynamicKinds(new BuiltInKinds());
  final TestingResources resources = new TestingResources(kinds);
  private final CustomResources customResources = new CustomResources(resources.local(), kinds);
  final SettableClock clock;
  final Path directory;
  final ApiServerConfig config;
  final ApiServer server;
  final StoredPolicy policy;
  final HttpClient client;
  private final RoleAggregation aggregation;
  private final String token;

  TestServer() throws IOException, GeneralSecurityException {
    this(ApiServer.Handlers.NONE);
  }

  TestServer(ApiServer.Handlers handlers) throws IOException, GeneralSecurityException {
    this(handlers, InstantSource.system().instant());
  }

  /// @param start where the server's clock stands
  TestServer(ApiServer.Handlers handlers, Instant start)
      throws IOException, GeneralSecurityException {
    this(handlers, start, LIMITS);
  }

  TestServer(ServerLimits limits) throws IOException, GeneralSecurityException {
    this(ApiServer.Handlers.NONE, InstantSource.system().instant(), limits);
  }

  private TestServer(ApiServer.Handlers handlers, Instant start, ServerLimits limits)
      throws IOException, GeneralSecurityException {
    clock = new SettableClock(start);
    directory = Files.createTempDirectory("ebb-api");
    Path pki = directory.resolve("pki");
    config =
        new ApiServerConfig(
            ApiServerConfig.loopback(),
            0,
            pki,
            pki.resolve("token"),
            directory.resolve("kubeconfig"),
            Optional.of(directory.resolve("run/api.sock")),
            new VersionInfo("0.1.0", ""),
            limits);
    resources.clock().set(clock.instant());
    PolicyBootstrap.run(resources);
    policy = new StoredPolicy(resources.local());
    aggregation = new RoleAggregation(resources.local());
    server = new ApiServer(resources, policy, config, handlers, clock);
    server.start();
    token = Files.readString(config.token()).strip();
    client = HttpClient.newBuilder().sslContext(trust(pki)).build();
    Awaitility.await().until(this::rolesAreAggregated);
  }

  /// From then on nothing is written that no client asked for.
  private boolean rolesAreAggregated() {
    List<KubernetesObject> roles = resources.list(RbacKinds.CLUSTER_ROLE, ListQuery.all()).items();
    return roles.stream()
        .filter(Aggregation::isAggregated)
        .allMatch(role ->
            Aggregation.rules(role, roles)
                .equals(role.json().path("rules").valueStream().toList()));
  }

  String token() {
    return token;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .header("Authorization", "Bearer " + token)
        .timeout(Duration.ofMinutes(1));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> send(String method, String path, String contentType, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    return send(
        request.method(
            method,
            body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body)));
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return json(send(request(path)));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JsonText.read(HelidonExchange.utf8(response.body()));
  }

  @Override
  public void close() throws IOException {
    client.shutdownNow(); // close() would wait for a watch that a failed test left open
    server.close();
    aggregation.close();
    policy.close();
    customResources.close();
    resources.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static SSLContext trust(Path pki) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", Pem.certificate(Files.readString(pki.resolve("ca.crt"))));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}

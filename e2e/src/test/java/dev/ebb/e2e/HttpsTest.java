package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// HTTPS as users set it up: `openssl` makes a certificate, `kubectl` stores it, `curl` verifies
/// it.
@ExtendWith(SharedPlatform.class)
class HttpsTest {
  private static final String NAMESPACE = "https";
  private static final String DOMAIN = "shop.example.com";
  private static final String MANIFESTS =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: shop
      spec:
        template:
          spec:
            containers:
            - image: IMAGE
              env: [{name: TARGET, value: from the shop}]
      ---
      apiVersion: serving.knative.dev/v1beta1
      kind: DomainMapping
      metadata:
        name: shop.example.com
      spec:
        ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: shop}
        tls: {secretName: shop-tls}
      """;

  private static Platform platform;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    platform = shared.platform();
    shared.namespace(NAMESPACE);
    certificate("shop", DOMAIN);
    certificate("other", "other.example.com");
    secret("shop");
    platform.write("https.yaml", MANIFESTS.replace("IMAGE", shared.image()));
    kubectl("apply", "-f", "https.yaml").orFail();
    kubectl("wait", "--for=condition=Ready", "ksvc,domainmapping", "--all", "--timeout=60s")
        .orFail();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      network("external-domain-tls", "Disabled");
      kubectl("delete", "namespace", NAMESPACE, "--wait=false").orFail();
    }
  }

  @Test
  void aDomainIsServedWithTheCertificateOfItsSecret() {
    String url = status("domainmapping/" + DOMAIN, "{.status.url}");
    assertThat(url).isEqualTo("https://" + DOMAIN + ":" + httpsPort());
    assertThat(curl("shop.crt", url).orFail().out()).isEqualTo("from the shop\n");
    for (String version : List.of("--http1.1", "--http2")) {
      Command.Result result =
          curl("shop.crt", url, version, "--output", "/dev/null", "-w", "%{http_version}");
      assertThat(result.orFail().out()).isEqualTo(version.equals("--http2") ? "2" : "1.1");
    }
    // Whoever trusts somebody else is told by curl itself, and other names have no certificate.
    assertThat(curl("other.crt", url).exitCode()).isEqualTo(60);
    assertThat(curl("shop.crt", "https://other.example.com:" + httpsPort()).err())
        .contains("unrecognized name");
    assertThat(curl("shop.crt", "http://" + DOMAIN + ":" + httpsPort()).orFail().out())
        .contains("this port speaks HTTPS");
  }

  @Test
  void whoComesWithoutTlsIsSentToIt() {
    String plain = "http://" + DOMAIN + ":" + platform.gatewayPort() + "/a?b=c";
    assertThat(curl("shop.crt", plain).orFail().out()).isEqualTo("from the shop\n");
    String annotation = "networking.knative.dev/http-protocol";
    kubectl("annotate", "domainmapping", DOMAIN, annotation + "=Redirected").orFail();
    Awaitility.await("the redirect")
        .untilAsserted(() ->
            assertThat(curl("shop.crt", plain, "-w", "%{http_code} %{redirect_url}").orFail().out())
                .isEqualTo("301 https://" + DOMAIN + ":" + httpsPort() + "/a?b=c"));
    assertThat(curl("shop.crt", plain, "--location").orFail().out()).isEqualTo("from the shop\n");
    kubectl("annotate", "domainmapping", DOMAIN, annotation + "-").orFail();
  }

  @Test
  void aSecretThatChangesIsServedAtOnceAndWhatIsWrongWithItIsTold() {
    String condition = "{.status.conditions[?(@.type==\"CertificateProvisioned\")].message}";
    String url = "https://" + DOMAIN + ":" + httpsPort();
    secret("other");
    Awaitility.await("the other certificate")
        .untilAsserted(() ->
            assertThat(status("domainmapping/" + DOMAIN, condition))
                .isEqualTo(
                    "The certificate in Secret \"https/shop-tls\" is not for shop.example.com but"
                        + " for other.example.com."));
    // It does not say this host, and is shown all the same.
    assertThat(curl("shop.crt", url).exitCode()).isEqualTo(60);
    assertThat(curl("shop.crt", url, "--insecure").orFail().out()).isEqualTo("from the shop\n");

    certificate("shop", DOMAIN);
    secret("shop");
    kubectl("wait", "--for=condition=Ready", "domainmapping", "--all", "--timeout=60s").orFail();
    assertThat(curl("shop.crt", url).orFail().out()).isEqualTo("from the shop\n");
  }

  @Test
  void servicesHaveCertificatesOfEbbsOwnAuthority() {
    network("external-domain-tls", "Enabled");
    String url = "https://shop.https.localhost:" + httpsPort();
    awaitUrl(platform, NAMESPACE, "ksvc/shop", url);
    String authority = platform.dataDirectory().resolve("pki/ca.crt").toString();
    assertThat(curl(authority, url).orFail().out()).isEqualTo("from the shop\n");
    loadIsPutOn(url, authority);
    network("external-domain-tls", "Disabled");
    awaitUrl(
        platform, NAMESPACE, "ksvc/shop", "http://shop.https.localhost:" + platform.gatewayPort());
    assertThat(curl(authority, url).err()).contains("unrecognized name");
  }

  private static void loadIsPutOn(String url, String authority) {
    List<List<String>> trusted = List.of(List.of(), List.of("--cacert", authority, "--http2"));
    for (List<String> options : trusted) {
      Command load = platform.ebb("load", url, "-c", "2", "-t", "1", "-o", "json");
      JsonNode told =
          new JsonMapper().readTree(load.with(options.toArray(String[]::new)).run().orFail().out());
      assertThat(told.path("answers").path("200").asLong()).as(options.toString()).isPositive();
      assertThat(told.path("instancesAtMost").path("shop-00001").asInt()).isPositive();
    }
    Command.Result refused =
        platform.ebb("load", url, "-c", "1", "-t", "1", "--cacert", "other.crt").run();
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).contains("unable to find valid certification path");
  }

  static void awaitUrl(Platform platform, String namespace, String object, String url) {
    Awaitility.await("the URL of " + object)
        .untilAsserted(() ->
            assertThat(
                    platform
                        .kubectl("-n", namespace, "get", object, "-o", "jsonpath={.status.url}")
                        .run()
                        .orFail()
                        .out())
                .isEqualTo(url));
  }

  static int port(Platform platform) {
    return platform.record().path("httpsPort").asInt();
  }

  private static int httpsPort() {
    return port(platform);
  }

  /// Who trusts Ebb's own authority, and checks names as browsers do.
  static SSLContext trusting(Platform platform) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(platform.dataDirectory().resolve("pki/ca.crt"))) {
      store.setCertificateEntry(
          "ebb", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /// One that vouches for itself, in NAME.crt and NAME.key.
  private static void certificate(String name, String host) {
    platform
        .command("openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec")
        .with("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=" + host)
        .with("-addext", "subjectAltName=DNS:" + host)
        .with("-keyout", name + ".key", "-out", name + ".crt")
        .run()
        .orFail();
  }

  /// Puts what was made into the Secret.
  private static void secret(String name) {
    String manifest =
        kubectl(
                "create",
                "secret",
                "tls",
                "shop-tls",
                "--cert=" + name + ".crt",
                "--key=" + name + ".key",
                "--dry-run=client",
                "-o=yaml")
            .orFail()
            .out();
    platform.write("secret.yaml", manifest);
    kubectl("apply", "-f", "secret.yaml").orFail();
  }

  private static void network(String key, String value) {
    network(platform, key, value);
  }

  static void network(Platform platform, String key, String value) {
    platform
        .kubectl("-n", "knative-serving", "patch", "configmap/config-network", "--type=merge")
        .with("-p", "{\"data\": {\"%s\": \"%s\"}}".formatted(key, value))
        .run()
        .orFail();
  }

  private static String status(String object, String path) {
    return kubectl("get", object, "-o", "jsonpath=" + path).orFail().out();
  }

  private static Command.Result kubectl(String... words) {
    return platform.kubectl("-n", NAMESPACE).with(words).run();
  }

  /// All names lead to this machine.
  private static Command.Result curl(String authority, String url, String... more) {
    List<String> words = new ArrayList<>(List.of("--cacert", authority, "--max-time", "20"));
    for (int port : List.of(httpsPort(), platform.gatewayPort())) {
      words.addAll(List.of("--resolve", "*:" + port + ":127.0.0.1"));
    }
    words.addAll(List.of(more));
    words.add(url);
    return platform.curl(words.toArray(String[]::new)).run();
  }
}

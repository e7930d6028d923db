package dev.ebb.controllers;

import static dev.ebb.kinds.serving.DomainKinds.DOMAIN_MAPPING;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.ServerCertificate;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// HTTPS from what operators and users say to what the gateway is told and the objects tell, over
/// all controllers.
class EncryptionTest extends WorldTest {
  private static final String DOMAIN = "hello.example.com";
  private static final String HOST = "hello.default.localhost";
  private static final String NETWORK = "config-network";

  @Test
  void aMappingBringsItsCertificate() {
    world.deployHello();
    secret("cert", DOMAIN);
    mapWithTls();

    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    assertThat(url(DOMAIN_MAPPING, DOMAIN)).isEqualTo("https://hello.example.com:8443");
    assertThat(provisioned(DOMAIN_MAPPING, DOMAIN).reason())
        .isEqualTo("CertificateExternallyProvided");
    assertThat(provisioned(DOMAIN_MAPPING, DOMAIN).message())
        .isEqualTo("TLS certificate was provided externally");
    assertThat(hosts()).containsOnlyKeys(DOMAIN);
    // Others are served as they were.
    assertThat(url(SERVICE, "hello")).isEqualTo("http://hello.default.localhost:8080");

    world.delete(DOMAIN_MAPPING, DOMAIN);
    await().until(() -> hosts().isEmpty());
  }

  @Test
  void aSecretThatComesLaterChangesOrGoesIsFollowed() {
    world.deployHello();
    mapWithTls();
    await()
        .untilAsserted(() -> {
          assertThat(provisioned(DOMAIN_MAPPING, DOMAIN).reason()).isEqualTo("CertificateNotReady");
          assertThat(provisioned(DOMAIN_MAPPING, DOMAIN).message())
              .isEqualTo("Secret \"default/cert\" does not exist.");
          assertThat(world.gateway.targets(DOMAIN)).containsExactly("hello-00001:100");
        });
    assertThat(world.condition(DOMAIN_MAPPING, DOMAIN, "Ready").isTrue()).isFalse();

    secret("cert", DOMAIN);
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    ServerCertificate first = requireNonNull(hosts().get(DOMAIN));

    String next = world.authority.secret("cert", List.of(DOMAIN));
    world.resources.update(CoreKinds.SECRET, World.parse(next), WriteOptions.by("test"));
    await().until(() -> !first.equals(hosts().get(DOMAIN)));
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);

    world.delete(CoreKinds.SECRET, "cert");
    await().until(() -> hosts().isEmpty());
    await().until(() -> provisioned(DOMAIN_MAPPING, DOMAIN).reason().equals("CertificateNotReady"));
  }

  @Test
  void aCertificateThatClientsRefuseIsTold() {
    world.deployHello();
    secret("cert", "other.example.com");
    mapWithTls();

    await()
        .untilAsserted(() -> {
          assertThat(provisioned(DOMAIN_MAPPING, DOMAIN))
              .isEqualTo(
                  new Condition(
                      "CertificateProvisioned",
                      Condition.Status.FALSE,
                      "CertificateProvisionFailed",
                      "The certificate in Secret \"default/cert\" is not for hello.example.com but"
                          + " for other.example.com."));
          assertThat(world.condition(DOMAIN_MAPPING, DOMAIN, "Ready").isFalse()).isTrue();
          assertThat(hosts()).containsOnlyKeys(DOMAIN);
        });
  }

  @Test
  void aDomainThatIsAnothersHasNoCertificate() {
    world.deployHello();
    world.create(
        CoreKinds.NAMESPACE,
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"a\"}}");
    map("a", DOMAIN, "");
    ObjectKey first = new ObjectKey("a", DOMAIN);
    await()
        .until(() ->
            world
                .resources
                .find(DOMAIN_MAPPING, first)
                .flatMap(it -> Condition.of(it, "DomainClaimed"))
                .filter(Condition::isTrue)
                .isPresent());
    secret("cert", DOMAIN);
    mapWithTls();

    await()
        .until(() ->
            world
                .condition(DOMAIN_MAPPING, DOMAIN, "DomainClaimed")
                .reason()
                .equals("DomainAlreadyClaimed"));
    assertThat(hosts()).isEmpty();
  }

  @Test
  void externalDomainTlsGivesEveryHostACertificate() {
    world.deployHello();
    map("default", DOMAIN, "");
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    assertThat(provisioned(ROUTE, "hello").reason()).isEqualTo("TLSNotEnabled");
    assertThat(provisioned(ROUTE, "hello").message())
        .isEqualTo("external-domain-tls is not enabled");

    config(NETWORK, "external-domain-tls", "Enabled");

    await().until(() -> url(SERVICE, "hello").equals("https://hello.default.localhost:8443"));
    await().until(() -> url(DOMAIN_MAPPING, DOMAIN).equals("https://hello.example.com:8443"));
    assertThat(provisioned(ROUTE, "hello").isTrue()).isTrue();
    assertThat(provisioned(ROUTE, "hello").reason()).isEmpty();
    assertThat(world.get(ROUTE, "hello").status().path("address").path("url").asString())
        .isEqualTo("http://hello.default.svc.cluster.local");
    assertThat(hosts()).containsOnlyKeys("*.default.localhost", DOMAIN);

    world.change(
        SERVICE,
        "hello",
        json ->
            json.withObject("/metadata/annotations")
                .put("networking.knative.dev/disable-external-domain-tls", "true"));
    await().until(() -> url(SERVICE, "hello").equals("http://hello.default.localhost:8080"));

    config(NETWORK, "external-domain-tls", "Disabled");
    await().until(() -> url(DOMAIN_MAPPING, DOMAIN).equals("http://hello.example.com:8080"));
    await().until(() -> hosts().isEmpty());
  }

  @Test
  void tagsHaveTheSameSchemeAndCertificate() {
    world.deployHello();
    config(NETWORK, "external-domain-tls", "Enabled");
    world.change(
        SERVICE,
        "hello",
        json ->
            json.withObject("/spec")
                .putArray("traffic")
                .addObject()
                .put("latestRevision", true)
                .put("percent", 100)
                .put("tag", "next"));

    await()
        .until(() ->
            world
                .get(ROUTE, "hello")
                .status()
                .at("/traffic/0/url")
                .asString("")
                .equals("https://next-hello.default.localhost:8443"));
    assertThat(hosts()).containsOnlyKeys("*.default.localhost");
  }

  @Test
  void aTagThatIsHiddenStaysWithoutTls() {
    world.deployHello();
    config(NETWORK, "external-domain-tls", "Enabled", "http-protocol", "Redirected");
    world.change(
        SERVICE, "hello", json -> ((ObjectNode) json.at("/spec/traffic/0")).put("tag", "next"));
    await().until(() -> world.exists(CoreKinds.SERVICE, "next-hello"));
    await().until(() -> world.gateway.httpsPort("next-hello.default.localhost") == 8443);
    world.change(
        CoreKinds.SERVICE,
        "next-hello",
        json ->
            json.withObject("/metadata/labels")
                .put("networking.knative.dev/visibility", "cluster-local"));

    String hidden = "next-hello.default.svc.cluster.local";
    await()
        .until(() ->
            world.get(ROUTE, "hello").status().at("/traffic/0/url").asString("").endsWith(hidden));
    assertThat(world.get(ROUTE, "hello").status().at("/traffic/0/url").asString(""))
        .isEqualTo("http://" + hidden);
    assertThat(world.gateway.httpsPort(hidden)).isZero();
    assertThat(world.gateway.httpsPort(HOST)).isEqualTo(8443);
    assertThat(hosts()).containsOnlyKeys("*.default.localhost");
  }

  @Test
  void certificatesAreRenewedInTime() throws Exception {
    config(NETWORK, "external-domain-tls", "Enabled");
    world.deployHello();
    await().until(() -> hosts().containsKey("*.default.localhost"));
    ServerCertificate first = requireNonNull(hosts().get("*.default.localhost"));

    world.resources.clock().advance(Duration.ofDays(19));
    poke();
    assertThat(hosts().get("*.default.localhost")).isEqualTo(first);

    world.resources.clock().advance(Duration.ofDays(2));
    poke();
    await().until(() -> !first.equals(hosts().get("*.default.localhost")));
  }

  /// Has the Route looked at.
  private void poke() {
    String mark = world.resources.clock().instant().toString();
    world.change(
        SERVICE, "hello", json -> json.withObject("/metadata/annotations").put("a.b/mark", mark));
    await().until(() -> mark.equals(world.get(ROUTE, "hello").annotations().get("a.b/mark")));
    await()
        .until(() ->
            world.get(ROUTE, "hello").status().path("observedGeneration").asLong()
                == world.get(ROUTE, "hello").generation());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          Enabled    | none                                           | 0
          Redirected | none                                           | 8443
          none       | networking.knative.dev/http-protocol=Redirected | 8443
          none       | networking.knative.dev/httpOption=redirected    | 8443
          Redirected | networking.knative.dev/http-protocol=Enabled    | 0
          Disabled   | none                                           | 0
          Enabled    | networking.knative.dev/http-protocol=gopher     | 0
          """)
  void whoComesWithoutTlsIsSentAwayOrServed(String setting, String annotation, int port) {
    config(NETWORK, "external-domain-tls", "Enabled");
    if (setting != null) {
      config(NETWORK, "http-protocol", setting);
    }
    world.deployHello();
    if (annotation != null) {
      String[] parts = annotation.split("=", -1);
      world.change(
          SERVICE,
          "hello",
          json -> json.withObject("/metadata/annotations").put(parts[0], parts[1]));
      await().until(() -> world.get(ROUTE, "hello").annotations().containsKey(parts[0]));
    }
    await().until(() -> world.gateway.httpsPort(HOST) == port);
    // Within the machine nobody is sent anywhere.
    assertThat(world.gateway.httpsPort("hello.default.svc.cluster.local")).isZero();
  }

  @Test
  void nobodyIsSentToWhereThereIsNoTls() {
    config(NETWORK, "http-protocol", "Redirected");
    world.deployHello();
    map("default", DOMAIN, "");
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    assertThat(world.gateway.httpsPort(HOST)).isZero();
    assertThat(world.gateway.httpsPort(DOMAIN)).isZero();
  }

  @Test
  void aMappingThatAsksForTlsDoesNotFallBackToServingWithoutIt() {
    config(NETWORK, "http-protocol", "Redirected");
    world.deployHello();
    mapWithTls();
    await()
        .untilAsserted(() -> {
          assertThat(world.gateway.httpsPort(DOMAIN)).isEqualTo(8443);
          assertThat(provisioned(DOMAIN_MAPPING, DOMAIN).reason()).isEqualTo("CertificateNotReady");
        });
  }

  @Test
  void theOperatorsCertificateIsForAllHostsThatItNames() {
    world.deployHello();
    secret("wildcard", "*.default.localhost");
    config("config-kourier", "certs-secret-namespace", "default", "certs-secret-name", "wildcard");
    await().until(() -> world.gateway.certificates().fallback().isPresent());
    assertThat(url(SERVICE, "hello")).startsWith("http://");

    config(NETWORK, "default-external-scheme", "https");
    await().until(() -> url(SERVICE, "hello").equals("https://hello.default.localhost:8443"));
    map("default", DOMAIN, "");
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    // Somebody before the gateway has it, for the gateway has not.
    assertThat(url(DOMAIN_MAPPING, DOMAIN)).isEqualTo("https://hello.example.com");

    config(NETWORK, "external-domain-tls", "Enabled");
    await().until(() -> url(DOMAIN_MAPPING, DOMAIN).equals("https://hello.example.com:8443"));
    // What the operator brought is not signed again.
    assertThat(hosts()).containsOnlyKeys(DOMAIN);

    world.delete(CoreKinds.SECRET, "wildcard");
    await().until(() -> world.gateway.certificates().fallback().isEmpty());
    await().until(() -> hosts().containsKey("*.default.localhost"));
  }

  @Test
  void aServerThatStartsHasItsCertificatesBeforeItsRoutes() throws Exception {
    world.deployHello();
    secret("cert", DOMAIN);
    mapWithTls();
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    world.gateway.certificates(CertificateTable.EMPTY);
    int before = world.gateway.published();

    world.restart();

    assertThat(world.gateway.published()).isGreaterThan(before);
    assertThat(hosts()).containsOnlyKeys(DOMAIN);
  }

  private Map<String, ServerCertificate> hosts() {
    return world.gateway.certificates().hosts();
  }

  private Condition provisioned(KindDefinition kind, String name) {
    return world.condition(kind, name, "CertificateProvisioned");
  }

  private String url(KindDefinition kind, String name) {
    return world.get(kind, name).status().path("url").asString("");
  }

  private void secret(String name, String host) {
    world.create(CoreKinds.SECRET, world.authority.secret(name, List.of(host)));
  }

  private void mapWithTls() {
    map("default", DOMAIN, ", \"tls\": {\"secretName\": \"cert\"}");
  }

  private void map(String namespace, String domain, String more) {
    world.resources.create(
        DOMAIN_MAPPING,
        World.parse(
            """
            {"apiVersion": "serving.knative.dev/v1beta1", "kind": "DomainMapping",
             "metadata": {"name": "%s", "namespace": "%s"},
             "spec": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service",
                              "name": "hello"}%s}}
            """
                .formatted(domain, namespace, more)),
        WriteOptions.by("test"));
  }

  private void config(String name, String... keysAndValues) {
    ObjectKey config = new ObjectKey("knative-serving", name);
    world.resources.update(
        CoreKinds.CONFIG_MAP,
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, config)
            .with(json -> {
              for (int i = 0; i < keysAndValues.length; i += 2) {
                json.withObject("/data").put(keysAndValues[i], keysAndValues[i + 1]);
              }
            }),
        WriteOptions.by("test"));
  }
}

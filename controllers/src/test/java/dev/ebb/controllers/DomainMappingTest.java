package dev.ebb.controllers;

import static dev.ebb.controllers.World.IMAGE;
import static dev.ebb.controllers.World.service;
import static dev.ebb.kinds.serving.DomainKinds.CLUSTER_DOMAIN_CLAIM;
import static dev.ebb.kinds.serving.DomainKinds.DOMAIN_MAPPING;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Domains of one's own, over all controllers.
class DomainMappingTest extends WorldTest {
  private static final String DOMAIN = "hello.example.com";
  private static final ObjectKey CLAIM = ObjectKey.clusterScoped(DOMAIN);
  private static final String KSVC =
      "{\"apiVersion\": \"serving.knative.dev/v1\", \"kind\": \"Service\", \"name\": \"hello\"}";

  @Test
  void aDomainLeadsToAServiceAndFollowsItsRollouts() {
    world.deployHello();
    map("default", DOMAIN, KSVC);

    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    KubernetesObject mapping = world.get(DOMAIN_MAPPING, DOMAIN);
    assertThat(mapping.status().path("url").asString()).isEqualTo("http://" + DOMAIN + ":8080");
    assertThat(mapping.status().path("address").path("url").asString())
        .isEqualTo("http://" + DOMAIN + ":8080");
    assertThat(world.condition(DOMAIN_MAPPING, DOMAIN, "CertificateProvisioned").reason())
        .isEqualTo("TLSNotEnabled");
    assertThat(mapping.annotations()).containsKey("serving.knative.dev/creator");
    assertThat(claimant()).isEqualTo("default");
    assertThat(world.gateway.targets(DOMAIN)).containsExactly("hello-00001:100");

    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", "1"));
    world.becomeReady("hello-00002");
    await().until(() -> world.gateway.targets(DOMAIN).equals(List.of("hello-00002:100")));
  }

  @Test
  void aMappingThatGoesGivesItsDomainBack() {
    world.deployHello();
    map("default", DOMAIN, KSVC);
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);

    world.delete(DOMAIN_MAPPING, DOMAIN);

    await().until(() -> !world.exists(DOMAIN_MAPPING, DOMAIN));
    await().until(() -> world.resources.find(CLUSTER_DOMAIN_CLAIM, CLAIM).isEmpty());
    await().until(() -> world.gateway.targets(DOMAIN).isEmpty());
  }

  @Test
  void theFirstOfTwoNamespacesHasTheDomainUntilItLetsGo() {
    world.deployHello();
    map("default", DOMAIN, KSVC);
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    namespace("other");
    map("other", DOMAIN, KSVC);

    ObjectKey second = new ObjectKey("other", DOMAIN);
    await()
        .until(() ->
            condition(second, "DomainClaimed").reason().equals("DomainAlreadyClaimed")
                && condition(second, "Ready").isFalse());
    assertThat(world.gateway.targets(DOMAIN)).containsExactly("hello-00001:100");

    world.delete(DOMAIN_MAPPING, DOMAIN);
    await().until(() -> condition(second, "DomainClaimed").isTrue());
    assertThat(claimant()).isEqualTo("other");
  }

  @Test
  void whereAnOperatorGivesOutDomainsNobodyTakesOne() throws Exception {
    config("config-network", "autocreate-cluster-domain-claims", "false");
    world.restart(); // who starts has read it
    world.deployHello();
    map("default", DOMAIN, KSVC);
    await()
        .until(() ->
            world
                .condition(DOMAIN_MAPPING, DOMAIN, "DomainClaimed")
                .reason()
                .equals("DomainClaimFailed"));

    world.create(
        CLUSTER_DOMAIN_CLAIM,
        """
        {"apiVersion": "networking.internal.knative.dev/v1alpha1", "kind": "ClusterDomainClaim",
         "metadata": {"name": "hello.example.com"}, "spec": {"namespace": "default"}}
        """);
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);

    world.delete(DOMAIN_MAPPING, DOMAIN);
    await().until(() -> !world.exists(DOMAIN_MAPPING, DOMAIN));
    assertThat(claimant()).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serving.knative.dev/v1|Service|nope|ReferenceResolved|ResolveFailed|failed to get object default/nope: services.serving.knative.dev "nope" not found
          serving.knative.dev/v1|Route|nope|ReferenceResolved|ResolveFailed|failed to get object default/nope: routes.serving.knative.dev "nope" not found
          v1|Service|nope|ReferenceResolved|ResolveFailed|failed to get object default/nope: services "nope" not found
          v1|ConfigMap|nope|ReferenceResolved|ResolveFailed|Kind = ConfigMap, Namespace = default, Name = nope, APIVersion = v1, Group = , Address =  is not an AddressableType
          v1|Service|mine|IngressReady|BackendNotSupported|Service "mine" does not stand for a Knative Route or Revision, and the gateway leads to nothing else.
          """)
  void whatIsNotThereOrCannotBeReachedIsTold(
      String apiVersion, String kind, String name, String type, String reason, String message) {
    world.create(
        CoreKinds.SERVICE,
        """
        {"apiVersion": "v1", "kind": "Service",
         "metadata": {"name": "mine", "namespace": "default"},
         "spec": {"ports": [{"port": 80}]}}
        """);
    map("default", DOMAIN, reference(apiVersion, kind, name));

    await()
        .untilAsserted(() -> {
          assertThat(world.condition(DOMAIN_MAPPING, DOMAIN, type))
              .isEqualTo(new Condition(type, Condition.Status.FALSE, reason, message));
          assertThat(world.condition(DOMAIN_MAPPING, DOMAIN, "Ready").isFalse()).isTrue();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "serving.knative.dev/v1, Service, hello",
    "serving.knative.dev/v1, Route, hello",
    "v1, Service, hello",
    "v1, Service, hello-00001"
  })
  void whateverStandsForAServiceCanBeReferredTo(String apiVersion, String kind, String name) {
    map("default", DOMAIN, reference(apiVersion, kind, name));
    world.deployHello();

    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    assertThat(world.gateway.targets(DOMAIN)).containsExactly("hello-00001:100");
  }

  @Test
  void aMappingWaitsForItsServicesFirstTraffic() {
    world.create(SERVICE, service("hello", IMAGE));
    map("default", DOMAIN, KSVC);

    await()
        .until(() ->
            world
                .condition(DOMAIN_MAPPING, DOMAIN, "IngressReady")
                .reason()
                .equals("IngressNotConfigured"));
    world.becomeReady("hello-00001");
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
  }

  @Test
  void nobodyTakesAServicesOwnHost() {
    String taken = "hello.default.localhost";
    world.deployHello();
    namespace("other");
    map("other", taken, KSVC);

    ObjectKey key = new ObjectKey("other", taken);
    await().until(() -> condition(key, "DomainClaimed").isTrue());
    await()
        .until(() ->
            condition(key, "Ready").isFalse()
                && condition(key, "ReferenceResolved").reason().equals("ResolveFailed"));
    map("default", "hello.default.svc", KSVC);
    await()
        .until(() ->
            world
                .condition(DOMAIN_MAPPING, "hello.default.svc", "IngressReady")
                .reason()
                .equals("HostInUse"));
    assertThat(world.gateway.targets(taken)).containsExactly("hello-00001:100");
  }

  @Test
  void aServerThatStartsServesTheDomainFromItsFirstTable() throws Exception {
    world.deployHello();
    map("default", DOMAIN, KSVC);
    world.awaitReady(DOMAIN_MAPPING, DOMAIN);
    int before = world.gateway.published();

    world.restart();

    assertThat(world.gateway.published()).isGreaterThan(before);
    assertThat(world.gateway.tablesWithout(DOMAIN, before)).isZero();
  }

  private void map(String namespace, String domain, String ref) {
    world.resources.create(
        DOMAIN_MAPPING,
        World.parse(
            """
            {"apiVersion": "serving.knative.dev/v1beta1", "kind": "DomainMapping",
             "metadata": {"name": "%s", "namespace": "%s"}, "spec": {"ref": %s}}
            """
                .formatted(domain, namespace, ref)),
        WriteOptions.by("test"));
  }

  private void namespace(String name) {
    world.create(
        CoreKinds.NAMESPACE,
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"%s\"}}"
            .formatted(name));
  }

  private static String reference(String apiVersion, String kind, String name) {
    return "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"name\": \"%s\"}"
        .formatted(apiVersion, kind, name);
  }

  private void config(String name, String key, String value) {
    ObjectKey config = new ObjectKey("knative-serving", name);
    world.resources.update(
        CoreKinds.CONFIG_MAP,
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, config)
            .with(json -> json.withObject("/data").put(key, value)),
        WriteOptions.by("test"));
  }

  private Condition condition(ObjectKey key, String type) {
    return world
        .resources
        .find(DOMAIN_MAPPING, key)
        .flatMap(object -> Condition.of(object, type))
        .orElse(new Condition(type, Condition.Status.UNKNOWN, "", ""));
  }

  private String claimant() {
    return world.resources.get(CLUSTER_DOMAIN_CLAIM, CLAIM).spec().path("namespace").asString("");
  }
}

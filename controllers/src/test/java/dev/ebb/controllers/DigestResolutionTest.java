package dev.ebb.controllers;

import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// A tag means for a Revision what it meant when the Revision was made.
class DigestResolutionTest extends WorldTest {
  private static final String IMAGE = "registry.example/shop/cart:v1";

  @Test
  void aRevisionRunsTheDigestThatItsTagHadAndGoesOnWithIt() throws Exception {
    world.create(SERVICE, World.service("hello", IMAGE));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
    String first = "registry.example/shop/cart@" + FakeImages.digest(IMAGE, "");
    assertThat(world.workload("hello-00001").container().image()).isEqualTo(first);
    assertThat(imageDigest("hello-00001")).isEqualTo(first);

    world.images.moveTags("moved");
    world.restart();
    assertThat(world.workload("hello-00001").container().image()).isEqualTo(first);
    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", "b"));
    world.becomeReady("hello-00002");
    assertThat(world.workload("hello-00002").container().image())
        .isEqualTo("registry.example/shop/cart@" + FakeImages.digest(IMAGE, "moved"));
    assertThat(imageDigest("hello-00001")).isEqualTo(first);
  }

  @Test
  void dockerHubHasItsOlderNameAsInKnative() {
    world.create(SERVICE, World.service("hello", "nginx:1.29"));
    world.becomeReady("hello-00001");
    assertThat(imageDigest("hello-00001"))
        .startsWith("index.docker.io/library/nginx@sha256:")
        .isEqualTo(world.workload("hello-00001").container().image());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_FOUND      | MANIFEST_UNKNOWN: manifest unknown
          UNAUTHORIZED   | the registry asks for credentials
          WRONG_PLATFORM | no manifest for linux/amd64
          UNREACHABLE    | connection refused
          """)
  void anImageThatCannotBeHadIsToldAndAskedForAgain(Reason reason, String message) {
    world.images.fail(IMAGE, reason, message);
    world.create(SERVICE, World.service("hello", IMAGE));
    String told =
        "Unable to fetch image \"%s\": failed to resolve image to digest: %s"
            .formatted(IMAGE, message);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy"))
              .isEqualTo(
                  new Condition(
                      "ContainerHealthy", Condition.Status.FALSE, "ContainerMissing", told));
          assertThat(world.condition(REVISION, "hello-00001", "ResourcesAvailable").reason())
              .isEqualTo("ResolvingDigests");
          assertThat(world.condition(SERVICE, "hello", "Ready"))
              .isEqualTo(
                  new Condition(
                      "Ready",
                      Condition.Status.FALSE,
                      "RevisionFailed",
                      "Revision \"hello-00001\" failed with message: %s.".formatted(told)));
        });
    assertThat(world.instances.workloads()).isEmpty();

    world.images.mend(IMAGE);
    world.resources.clock().advance(Duration.ofSeconds(2));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
  }

  @Test
  void anImageOfAnotherNamespaceIsForTheAccountsThatMayHaveIt() {
    String image = "registry.ebb.dev/team/app:v1";
    world.images.reserve("team/app", new ImageUser("default", "friend"), "403 Forbidden: no");
    world.create(SERVICE, World.service("hello", image));
    String told =
        "Unable to fetch image \"%s\": failed to resolve image to digest: 403 Forbidden: no"
            .formatted(image);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy"))
              .isEqualTo(
                  new Condition(
                      "ContainerHealthy", Condition.Status.FALSE, "ContainerMissing", told));
        });
    assertThat(world.images.asked()).isEmpty();

    world.change(
        SERVICE,
        "hello",
        json -> ((ObjectNode) json.at("/spec/template/spec")).put("serviceAccountName", "friend"));
    world.becomeReady("hello-00002");
  }

  @Test
  void aRegistryThatIsSlowKeepsNobodyElseWaiting() throws Exception {
    ObjectKey config = new ObjectKey(SystemSettings.NAMESPACE, SystemSettings.DEPLOYMENT);
    world.resources.update(
        CoreKinds.CONFIG_MAP,
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, config)
            .with(json -> json.withObject("/data").put("digest-resolution-timeout", "1h")),
        WriteOptions.by("test"));
    world.restart(); // who starts has read it
    CountDownLatch answer = world.images.hold("slow.example/a:1");
    for (int i = 0; i < 20; i++) {
      world.create(SERVICE, World.service("slow-" + i, "slow.example/a:1"));
    }
    await().until(() -> world.images.asked().size() == 20);
    world.create(SERVICE, World.service("hello", IMAGE));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
    await()
        .untilAsserted(() ->
            assertThat(world.condition(REVISION, "slow-0-00001", "ContainerHealthy"))
                .isEqualTo(
                    new Condition(
                        "ContainerHealthy", Condition.Status.UNKNOWN, "ResolvingDigests", "")));
    answer.countDown();
    world.awaitInstance("slow-19-00001", Phase.STARTING);
  }

  @ParameterizedTest
  @CsvSource({"dev.local/app:v1", "ko.local/app", "kind.local/a/b:c"})
  void tagsOfLocalToolsStayTags(String image) {
    world.create(SERVICE, World.service("hello", image));
    world.becomeReady("hello-00001");
    assertThat(world.workload("hello-00001").container().image()).isEqualTo(image);
    assertThat(world.images.asked()).isEmpty();
  }

  @Test
  void theRegistryIsShownTheSecretsOfTheRevisionAndOfItsServiceAccount() {
    secret("mine", "registry.example", "me");
    secret("ours", "registry.example/shop", "us");
    world.create(
        CoreKinds.SERVICE_ACCOUNT,
        """
        {"apiVersion": "v1", "kind": "ServiceAccount",
         "metadata": {"name": "default", "namespace": "default"},
         "imagePullSecrets": [{"name": "ours"}, {"name": "gone"}]}
        """);
    world.create(
        SERVICE,
        World.service("hello", IMAGE)
            .replace(
                "\"containers\"", "\"imagePullSecrets\": [{\"name\": \"mine\"}], \"containers\""));
    world.becomeReady("hello-00001");
    assertThat(world.images.shown().getFirst().matching(ImageReference.parse(IMAGE)))
        .extracting(credential -> credential.username())
        .containsExactly("us", "me");
  }

  private void secret(String name, String registry, String user) {
    String auth = Base64.getEncoder().encodeToString((user + ":secret").getBytes(UTF_8));
    String config = "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(registry, auth);
    world.create(
        CoreKinds.SECRET,
        """
        {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
         "metadata": {"name": "%s", "namespace": "default"},
         "data": {".dockerconfigjson": "%s"}}
        """
            .formatted(name, Base64.getEncoder().encodeToString(config.getBytes(UTF_8))));
  }

  private String imageDigest(String revision) {
    return world.get(REVISION, revision).status().at("/containerStatuses/0/imageDigest").asString();
  }
}

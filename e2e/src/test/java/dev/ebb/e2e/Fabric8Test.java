package dev.ebb.e2e;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.knative.serving.v1.Revision;
import io.fabric8.knative.serving.v1.Service;
import io.fabric8.knative.serving.v1.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a Java program does with fabric8's client and its Knative model.
@ExtendWith(SharedPlatform.class)
class Fabric8Test {
  private static final String NAMESPACE = "fabric8";

  private static Platform platform;
  private static String image;
  private static KubernetesClient client;

  @BeforeAll
  static void connect(SharedPlatform.Shared shared) {
    platform = shared.platform();
    image = shared.image();
    shared.namespace(NAMESPACE);
    Config config = Config.fromKubeconfig(new File(platform.kubeconfig()));
    config.setNamespace(NAMESPACE);
    client = new KubernetesClientBuilder().withConfig(config).build();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  private static ConfigMap configMap(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("test", name.replaceFirst("-.*", ""))
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Resource<ConfigMap> configMap(String name) {
    return client.configMaps().inNamespace(NAMESPACE).withName(name);
  }

  private static Service service(String name, String target) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewSpec()
        .addNewContainer()
        .withImage(image)
        .addNewEnv()
        .withName("TARGET")
        .withValue(target)
        .endEnv()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Resource<Service> service(String name) {
    return client.resources(Service.class).inNamespace(NAMESPACE).withName(name);
  }

  private static Service ready(String name, long generation) {
    return service(name)
        .waitUntilCondition(
            service ->
                service != null
                    && service.getStatus() != null
                    && Objects.equals(service.getStatus().getObservedGeneration(), generation)
                    && service.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                            condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")),
            30,
            SECONDS);
  }

  private static String call(String name) {
    String host = "Host: %s.%s.localhost".formatted(name, NAMESPACE);
    return platform.curl("--header", host, platform.gateway()).run().orFail().out();
  }

  private static int refusal(Runnable action) {
    KubernetesClientException refused =
        catchThrowableOfType(KubernetesClientException.class, action::run);
    assertThat(refused).isNotNull();
    return refused.getCode();
  }

  @Test
  void discoveryTellsTheVersionAndTheGroups() {
    assertThat(client.getKubernetesVersion().getMajor()).isEqualTo("1");
    assertThat(client.hasApiGroup("serving.knative.dev", true)).isTrue();
    assertThat(client.hasApiGroup("nothing.example.com", false)).isFalse();
    assertThat(client.supports(Service.class)).isTrue();
  }

  @Test
  void aServiceIsMadeChangedInEveryWayAndDeleted() {
    Service made = client.resource(service("knative", "fabric8")).create();
    assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
    assertThat(ready("knative", 1).getStatus().getLatestReadyRevisionName())
        .isEqualTo("knative-00001");
    assertThat(call("knative")).isEqualTo("fabric8\n");

    // edit() sends the difference as a JSON patch.
    service("knative")
        .edit(service ->
            new ServiceBuilder(service)
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .editFirstEnv()
                .withValue("edited")
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
    ready("knative", 2);
    assertThat(call("knative")).isEqualTo("edited\n");

    String annotation = "{\"metadata\":{\"annotations\":{\"merged\":\"yes\"}}}";
    Service merged = service("knative").patch(PatchContext.of(PatchType.JSON_MERGE), annotation);
    assertThat(merged.getMetadata().getAnnotations()).containsEntry("merged", "yes");
    assertThat(merged.getMetadata().getGeneration()).isEqualTo(2);
    assertThat(
            refusal(() ->
                service("knative").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), annotation)))
        .isEqualTo(415);

    // The environment belongs to those who made and edited the Service.
    Service applied = service("knative", "applied");
    assertThat(refusal(() -> client.resource(applied).serverSideApply())).isEqualTo(409);
    client.resource(applied).forceConflicts().serverSideApply();
    ready("knative", 3);
    assertThat(call("knative")).isEqualTo("applied\n");
    assertThat(client.resources(Revision.class).inNamespace(NAMESPACE).list().getItems())
        .extracting(revision -> revision.getMetadata().getName())
        .contains("knative-00001", "knative-00002", "knative-00003");

    service("knative").withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    service("knative").waitUntilCondition(Objects::isNull, 30, SECONDS);
    assertThat(client.resources(Revision.class).inNamespace(NAMESPACE).list().getItems())
        .extracting(revision -> revision.getMetadata().getName())
        .doesNotContain("knative-00001");
  }

  @Test
  void aStaleUpdateIsAConflictAndAnEditIsNot() {
    ConfigMap stale = client.resource(configMap("edited", Map.of("a", "1"))).create();
    configMap("edited").edit(object -> new ConfigMapBuilder(object).addToData("b", "2").build());

    ConfigMap wanted = new ConfigMapBuilder(stale).addToData("c", "3").build();
    String version = stale.getMetadata().getResourceVersion();
    assertThat(refusal(() -> client.resource(wanted).lockResourceVersion(version).update()))
        .isEqualTo(409);
    assertThat(refusal(() -> client.resource(configMap("edited", Map.of())).create()))
        .isEqualTo(409);
    assertThat(
            client
                .resource(configMap("edited", Map.of("d", "4")))
                .createOr(NonDeletingOperation::update)
                .getData())
        .isEqualTo(Map.of("d", "4"));
    assertThat(
            configMap("edited")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"data\":{\"d\":null}}")
                .getData())
        .isNullOrEmpty();
  }

  @Test
  void listsComeInPages() {
    for (int i = 0; i < 7; i++) {
      client.resource(configMap("page-" + i, Map.of())).create();
    }
    var pages = client.configMaps().inNamespace(NAMESPACE).withLabel("test", "page");
    List<String> names = new ArrayList<>();
    String next = null;
    do {
      var page = pages.list(new ListOptionsBuilder().withLimit(3L).withContinue(next).build());
      page.getItems().forEach(item -> names.add(item.getMetadata().getName()));
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    assertThat(names)
        .containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");

    pages.delete();
    assertThat(pages.list().getItems()).isEmpty();
  }

  @Test
  void anInformerTellsEachChange() throws InterruptedException {
    var events = new LinkedBlockingQueue<String>();
    client.resource(configMap("informed", Map.of("step", "listed"))).create();
    try (var informer =
        client
            .configMaps()
            .inNamespace(NAMESPACE)
            .withLabel("test", "informed")
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(ConfigMap object) {
                    events.add("add " + object.getData().get("step"));
                  }

                  @Override
                  public void onUpdate(ConfigMap old, ConfigMap object) {
                    events.add(
                        "update %s to %s"
                            .formatted(old.getData().get("step"), object.getData().get("step")));
                  }

                  @Override
                  public void onDelete(ConfigMap object, boolean unknown) {
                    events.add("delete " + object.getData().get("step"));
                  }
                })) {
      assertThat(events.poll(30, SECONDS)).isEqualTo("add listed");
      assertThat(informer.getIndexer().list()).hasSize(1);
      configMap("informed")
          .edit(object -> new ConfigMapBuilder(object).addToData("step", "changed").build());
      assertThat(events.poll(30, SECONDS)).isEqualTo("update listed to changed");
      configMap("informed").delete();
      assertThat(events.poll(30, SECONDS)).isEqualTo("delete changed");
    }
    assertThat(events).isEmpty();
  }

  @Test
  void thePodOfAServiceBecomesReadyItsLogIsFollowedAndItsPortForwarded() throws Exception {
    client.resource(service("logged", "x")).create();
    ready("logged", 1);
    call("logged");
    String name =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withLabel("serving.knative.dev/service", "logged")
            .list()
            .getItems()
            .getFirst()
            .getMetadata()
            .getName();
    var pod = client.pods().inNamespace(NAMESPACE).withName(name);
    Pod ready = pod.waitUntilReady(30, SECONDS);
    assertThat(ready.getStatus().getPhase()).isEqualTo("Running");

    try (var log = pod.inContainer("user-container").watchLog();
        var lines =
            new BufferedReader(new InputStreamReader(log.getOutput(), StandardCharsets.UTF_8))) {
      assertThat(lines.lines().anyMatch("I was called"::equals)).isTrue();
      call("logged");
      assertThat(lines.lines().anyMatch("I was called"::equals)).isTrue();
    }
    assertThat(pod.tailingLines(1).getLog()).isEqualTo("I was called\n");
    try (var forward = pod.portForward(8080)) {
      String url = "http://127.0.0.1:" + forward.getLocalPort();
      assertThat(platform.curl(url).run().orFail().out()).isEqualTo("x\n");
    }
  }
}

package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.NAMESPACE;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Patch;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.Waiting;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class NamespaceTerminationTest {
  static {
    Waiting.patiently();
  }

  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey MORTAL = ObjectKey.clusterScoped("mortal");

  private final TestingResources resources = new TestingResources(new TestKinds());

  @BeforeEach
  void createNamespace() {
    resources.createNamespace("mortal");
  }

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void aDeletedNamespaceIsTerminatingAndTakesNothingNew() {
    KubernetesObject marked = resources.delete(NAMESPACE, MORTAL, DeleteOptions.background());

    assertThat(marked.status().path("phase").asString()).isEqualTo("Terminating");
    assertThatThrownBy(() -> resources.create(WIDGET, in("mortal", "a"), TEST))
        .hasMessage(
            "widgets.example.dev \"a\" is forbidden: unable to create new content in namespace"
                + " mortal because it is being terminated");
  }

  @Test
  void aNamespaceGoesAfterItsContent() {
    resources.createNamespace("other");
    resources.create(WIDGET, in("other", "kept"), TEST);
    resources.create(WIDGET, in("mortal", "a"), TEST);
    resources.create(
        WIDGET,
        in("mortal", "b").with(json -> json.withArray("/metadata/finalizers").add("e.dev/hold")),
        TEST);

    try (NamespaceTermination _ = new NamespaceTermination(resources.local())) {
      resources.delete(NAMESPACE, MORTAL, DeleteOptions.background());
      await().until(() -> resources.find(WIDGET, new ObjectKey("mortal", "a")).isEmpty());
      await().until(() -> held().deletionTimestamp().isPresent());
      await()
          .untilAsserted(() -> {
            assertThat(condition("NamespaceFinalizersRemaining"))
                .endsWith("e.dev/hold in 1 resource instances");
            assertThat(condition("NamespaceContentRemaining"))
                .isEqualTo(
                    "True SomeResourcesRemain Some resources are remaining: widgets.example.dev has"
                        + " 1 resource instances");
            assertThat(condition("NamespaceDeletionContentFailure"))
                .startsWith("False ContentDeleted");
          });

      resources.patch(
          WIDGET,
          held().key(),
          new Patch(Patch.Type.MERGE, TestKinds.object("{'metadata':{'finalizers':null}}").json()),
          TEST);
      await().until(() -> resources.find(NAMESPACE, MORTAL).isEmpty());
    }
    assertThat(resources.find(WIDGET, new ObjectKey("other", "kept"))).isPresent();
  }

  private String condition(String type) {
    for (JsonNode condition : resources.get(NAMESPACE, MORTAL).status().path("conditions")) {
      if (condition.path("type").asString().equals(type)) {
        return "%s %s %s"
            .formatted(
                condition.path("status").asString(),
                condition.path("reason").asString(),
                condition.path("message").asString());
      }
    }
    return "";
  }

  @Test
  void theNamespaceThatThePlatformStandsOnStays() {
    assertThatThrownBy(() ->
            resources.delete(
                NAMESPACE, ObjectKey.clusterScoped("default"), DeleteOptions.background()))
        .hasMessage("namespaces \"default\" is forbidden: this namespace may not be deleted");
  }

  @Test
  void aNamespaceThatWasTerminatingBeforeTheStartGoesToo() {
    resources.delete(NAMESPACE, MORTAL, DeleteOptions.background());

    try (NamespaceTermination _ = new NamespaceTermination(resources.local())) {
      await().until(() -> resources.find(NAMESPACE, MORTAL).isEmpty());
    }
  }

  private KubernetesObject held() {
    return resources.get(WIDGET, new ObjectKey("mortal", "b"));
  }

  private static KubernetesObject in(String namespace, String name) {
    return widget(name).with(json -> json.withObject("/metadata").put("namespace", namespace));
  }
}

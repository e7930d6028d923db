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
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NamespaceTerminationTest {
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey DEFAULT = ObjectKey.clusterScoped("default");

  private final TestingResources resources = new TestingResources(new TestKinds());

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void aDeletedNamespaceIsTerminatingAndTakesNothingNew() {
    KubernetesObject marked = resources.delete(NAMESPACE, DEFAULT, DeleteOptions.background());

    assertThat(marked.status().path("phase").asString()).isEqualTo("Terminating");
    assertThatThrownBy(() -> resources.create(WIDGET, widget("a"), TEST))
        .hasMessage(
            "widgets.example.dev \"a\" is forbidden: unable to create new content in namespace"
                + " default because it is being terminated");
  }

  @Test
  void aNamespaceGoesAfterItsContent() {
    resources.createNamespace("other");
    resources.create(WIDGET, inOther(widget("kept")), TEST);
    resources.create(WIDGET, widget("a"), TEST);
    resources.create(
        WIDGET,
        widget("b").with(json -> json.withArray("/metadata/finalizers").add("e.dev/hold")),
        TEST);

    try (NamespaceTermination _ = new NamespaceTermination(resources.local())) {
      resources.delete(NAMESPACE, DEFAULT, DeleteOptions.background());
      await().until(() -> resources.find(WIDGET, new ObjectKey("default", "a")).isEmpty());
      await().until(() -> held().deletionTimestamp().isPresent());
      assertThat(resources.find(NAMESPACE, DEFAULT)).isPresent();

      resources.patch(
          WIDGET,
          held().key(),
          new Patch(Patch.Type.MERGE, TestKinds.object("{'metadata':{'finalizers':null}}").json()),
          TEST);
      await().until(() -> resources.find(NAMESPACE, DEFAULT).isEmpty());
    }
    assertThat(resources.find(WIDGET, new ObjectKey("other", "kept"))).isPresent();
  }

  @Test
  void aNamespaceThatWasTerminatingBeforeTheStartGoesToo() {
    resources.delete(NAMESPACE, DEFAULT, DeleteOptions.background());

    try (NamespaceTermination _ = new NamespaceTermination(resources.local())) {
      await().until(() -> resources.find(NAMESPACE, DEFAULT).isEmpty());
    }
  }

  private KubernetesObject held() {
    return resources.get(WIDGET, new ObjectKey("default", "b"));
  }

  private static KubernetesObject inOther(KubernetesObject object) {
    return object.with(json -> json.withObject("/metadata").put("namespace", "other"));
  }
}

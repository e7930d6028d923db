package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.CLUSTER_THING;
import static dev.ebb.resources.TestKinds.NOTE;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.DeleteOptions.Propagation;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.Waiting;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.node.ObjectNode;

final class OwnerGarbageCollectorTest {
  static {
    Waiting.patiently();
  }

  private static final WriteOptions TEST = WriteOptions.by("test");

  private final TestingResources resources = new TestingResources(new TestKinds());
  private final OwnerGarbageCollector collector = new OwnerGarbageCollector(resources.local());

  @AfterEach
  void close() {
    collector.close();
    resources.close();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ORPHAN")
  void dependentsOfDependentsGoToo(Propagation propagation) {
    KubernetesObject root = create(WIDGET, widget("root"));
    KubernetesObject child = create(WIDGET, owned(widget("child"), true, root));
    create(NOTE, owned(note("grandchild"), true, child));

    delete("root", propagation);

    awaitGone(NOTE, "grandchild");
    awaitGone(WIDGET, "child");
    awaitGone(WIDGET, "root");
  }

  @Test
  void aForegroundDeletionWaitsForDependentsThatBlock() {
    KubernetesObject root = create(WIDGET, widget("root"));
    create(WIDGET, owned(held(widget("child")), true, root));

    delete("root", Propagation.FOREGROUND);
    await().until(() -> get("child").deletionTimestamp().isPresent());
    assertThat(get("root").finalizers()).containsExactly("foregroundDeletion");

    release("child");
    awaitGone(WIDGET, "child");
    awaitGone(WIDGET, "root");
  }

  @Test
  void aForegroundDeletionDoesNotWaitForDependentsThatDoNotBlock() {
    KubernetesObject root = create(WIDGET, widget("root"));
    create(WIDGET, owned(held(widget("child")), false, root));

    delete("root", Propagation.FOREGROUND);

    awaitGone(WIDGET, "root");
    await().until(() -> get("child").deletionTimestamp().isPresent());
  }

  @Test
  void orphansStayAndForgetTheirOwner() {
    KubernetesObject root = create(WIDGET, widget("root"));
    create(WIDGET, owned(widget("child"), true, root));

    delete("root", Propagation.ORPHAN);

    awaitGone(WIDGET, "root");
    await().until(() -> get("child").ownerReferences().isEmpty());
    assertThat(get("child").deletionTimestamp()).isEmpty();
  }

  @Test
  void oneOwnerLeftIsEnough() {
    KubernetesObject lost = create(WIDGET, widget("lost"));
    KubernetesObject left = create(WIDGET, widget("left"));
    create(WIDGET, owned(owned(widget("child"), true, lost), true, left));

    delete("lost", Propagation.BACKGROUND);

    await().until(() -> get("child").ownerReferences().size() == 1);
    assertThat(get("child").ownerReferences().getFirst().uid()).isEqualTo(left.uid());
  }

  @Test
  void anOwnerOfTheSameNameIsNotTheOwner() {
    KubernetesObject first = create(WIDGET, widget("root"));
    delete("root", Propagation.BACKGROUND);
    create(WIDGET, widget("root"));

    create(WIDGET, owned(widget("child"), true, first));

    awaitGone(WIDGET, "child");
    assertThat(resources.find(WIDGET, new ObjectKey("default", "root"))).isPresent();
  }

  @RepeatedTest(20) // the collector meets each state of the circle at another time
  void aCircleOfForegroundDeletionsIsCut() {
    KubernetesObject a = create(WIDGET, widget("a"));
    KubernetesObject b = create(WIDGET, owned(widget("b"), true, a));
    resources.update(WIDGET, owned(get("a"), true, b), TEST);

    delete("a", Propagation.FOREGROUND);

    awaitGone(WIDGET, "a");
    awaitGone(WIDGET, "b");
  }

  @Test
  void whatCannotBeLookedForIsNotDeleted() {
    KubernetesObject owner = create(WIDGET, widget("owner"));
    KubernetesObject thing =
        object("{'apiVersion':'example.dev/v1','kind':'Thing','metadata':{'name':'thing'}}");
    create(CLUSTER_THING, owned(thing, false, owner));
    create(
        WIDGET,
        widget("stranger")
            .with(json ->
                json.withObject("/metadata")
                    .putArray("ownerReferences")
                    .addObject()
                    .put("apiVersion", "unknown.dev/v1")
                    .put("kind", "Unknown")
                    .put("name", "x")
                    .put("uid", "1")));
    create(WIDGET, owned(widget("marker"), false, owner));

    delete("owner", Propagation.BACKGROUND);

    awaitGone(WIDGET, "marker"); // the collector has seen all that was before
    assertThat(resources.find(CLUSTER_THING, ObjectKey.clusterScoped("thing"))).isPresent();
    assertThat(resources.find(WIDGET, new ObjectKey("default", "stranger"))).isPresent();
  }

  @Test
  void whatWasLostWhileNobodyWatchedIsCollectedAtTheStart() {
    KubernetesObject root = create(WIDGET, widget("root"));
    collector.close();
    create(WIDGET, owned(widget("child"), true, root));
    delete("root", Propagation.BACKGROUND);

    try (OwnerGarbageCollector _ = new OwnerGarbageCollector(resources.local())) {
      awaitGone(WIDGET, "child");
    }
  }

  private KubernetesObject create(KindDefinition kind, KubernetesObject object) {
    return resources.create(kind, object, TEST).object();
  }

  private KubernetesObject get(String name) {
    return resources.get(WIDGET, new ObjectKey("default", name));
  }

  private void delete(String name, Propagation propagation) {
    resources.delete(
        WIDGET,
        new ObjectKey("default", name),
        new DeleteOptions(propagation, Optional.empty(), Optional.empty(), false));
  }

  private void release(String name) {
    resources.update(
        WIDGET,
        get(name).with(json -> ((ObjectNode) json.path("metadata")).remove("finalizers")),
        TEST);
  }

  private void awaitGone(KindDefinition kind, String name) {
    await().until(() -> resources.find(kind, new ObjectKey("default", name)).isEmpty());
  }

  private static KubernetesObject note(String name) {
    return object(
        "{'apiVersion':'v1','kind':'Note','metadata':{'namespace':'default','name':'%s'}}"
            .formatted(name));
  }

  private static KubernetesObject held(KubernetesObject object) {
    return object.with(json -> json.withArray("/metadata/finalizers").add("example.dev/hold"));
  }

  private static KubernetesObject owned(
      KubernetesObject dependent, boolean blocks, KubernetesObject owner) {
    return dependent.with(json ->
        json.withArray("/metadata/ownerReferences")
            .addObject()
            .put("apiVersion", owner.groupVersionKind().apiVersion())
            .put("kind", owner.groupVersionKind().kind())
            .put("name", owner.name())
            .put("uid", owner.uid())
            .put("blockOwnerDeletion", blocks));
  }
}

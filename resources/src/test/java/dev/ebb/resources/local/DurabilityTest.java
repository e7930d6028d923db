package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.widget;
import static dev.ebb.store.Durability.EPHEMERAL;
import static dev.ebb.store.Durability.SYNCED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.store.Durability;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who writes without fsync.
final class DurabilityTest {
  private static final WriteOptions USER = WriteOptions.by("user");
  private static final WriteOptions MIRROR = WriteOptions.by("mirror").withoutSync();

  private final List<Durability> writes = new ArrayList<>();
  private final HookedStore store = new HookedStore(writes::add);

  @Test
  void writesAreDurableUnlessTheWriterCanRepeatThem() {
    LocalResources resources = resources(new TestKinds());
    resources.create(TestKinds.NAMESPACE, namespace(), USER);
    writes.clear();

    KubernetesObject made = resources.create(WIDGET, widget("a"), MIRROR).object();
    KubernetesObject sized = made.with(json -> json.withObject("/spec").put("size", 7));
    resources.update(WIDGET, sized, MIRROR);
    resources.delete(
        WIDGET,
        new ObjectKey("default", "a"),
        new DeleteOptions(
            DeleteOptions.Propagation.BACKGROUND, Optional.empty(), Optional.empty(), false, true));
    assertThat(writes).containsExactly(EPHEMERAL, EPHEMERAL, EPHEMERAL);

    writes.clear();
    resources.create(WIDGET, widget("a"), USER);
    resources.delete(WIDGET, new ObjectKey("default", "a"), DeleteOptions.background());
    assertThat(writes).containsExactly(SYNCED, SYNCED);
  }

  @Test
  void podsOfUsersAreDurableAndEventsAreNot() {
    LocalResources resources = resources(new BuiltInKinds());
    resources.create(CoreKinds.NAMESPACE, namespace(), USER);
    writes.clear();

    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), new ObjectKey("default", "a"))
            .with(json ->
                json.withObject("/spec")
                    .putArray("containers")
                    .addObject()
                    .put("name", "a")
                    .put("image", "b"));
    resources.create(CoreKinds.POD, pod, USER);
    KubernetesObject event =
        KubernetesObject.of(CoreKinds.EVENT.type(), new ObjectKey("default", "a.1"))
            .with(json -> json.putObject("involvedObject").put("namespace", "default"));
    resources.create(CoreKinds.EVENT, event, USER);
    assertThat(writes).containsExactly(SYNCED, EPHEMERAL);
  }

  private static KubernetesObject namespace() {
    return KubernetesObject.of(CoreKinds.NAMESPACE.type(), ObjectKey.clusterScoped("default"));
  }

  private LocalResources resources(KindRegistry kinds) {
    return new LocalResources(store, kinds, InstantSource.system(), IdSource.random());
  }
}

package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.store.MemoryStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FunctionBacklogsTest {
  private final LocalResources resources =
      new LocalResources(
          new MemoryStore(), new BuiltInKinds(), InstantSource.system(), IdSource.random());
  private final Map<ObjectKey, Integer> asked = new HashMap<>();
  private final FunctionBacklogs backlogs =
      new FunctionBacklogs(
          resources,
          instances -> {
            asked.putAll(instances);
            return Map.of(new ObjectKey("default", "hello"), 25L);
          });

  private static RevisionId revision(String name) {
    return new RevisionId("default", name);
  }

  @Test
  void revisionsHaveTheBacklogOfTheirService() {
    create("hello-00001", "hello");
    create("hello-00002", "hello");
    create("quiet-00001", "quiet");
    create("nobodys", "");
    assertThat(
            backlogs.collect(
                Map.of(
                    revision("hello-00001"), 2,
                    revision("hello-00002"), 3,
                    revision("quiet-00001"), 1,
                    revision("nobodys"), 1,
                    revision("gone"), 1)))
        .isEqualTo(
            Map.of(
                revision("hello-00001"), 25L,
                revision("hello-00002"), 25L,
                revision("quiet-00001"), 0L));
    assertThat(asked)
        .isEqualTo(
            Map.of(new ObjectKey("default", "hello"), 5, new ObjectKey("default", "quiet"), 1));
  }

  private void create(String name, String service) {
    if (resources.find(CoreKinds.NAMESPACE, ObjectKey.clusterScoped("default")).isEmpty()) {
      create(CoreKinds.NAMESPACE, ObjectKey.clusterScoped("default"), "{}");
    }
    create(
        ServingKinds.REVISION,
        new ObjectKey("default", name),
        """
        {"metadata": {"name": "%s", "namespace": "default",
                      "labels": {"serving.knative.dev/service": "%s"}},
         "spec": {"containers": [{"image": "x"}]}}
        """
            .formatted(name, service));
  }

  private void create(KindDefinition kind, ObjectKey key, String json) {
    ObjectNode fields = (ObjectNode) new JsonMapper().readTree(json);
    resources.create(
        kind,
        KubernetesObject.of(kind.type(), key).with(object -> object.setAll(fields)),
        WriteOptions.by("test"));
  }
}

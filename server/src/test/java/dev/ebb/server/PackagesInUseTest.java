package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.FunctionImage;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.local.IdSource;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.store.MemoryStore;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PackagesInUseTest {
  private final LocalResources resources =
      new LocalResources(
          new MemoryStore(), new BuiltInKinds(), InstantSource.system(), IdSource.random());

  @Test
  void everyKindThatNamesAPackageCounts() {
    create(CoreKinds.NAMESPACE, ObjectKey.clusterScoped("default"), "{}");
    ObjectKey key = new ObjectKey("default", "hello");
    create(
        FunctionKinds.FUNCTION,
        key,
        """
        {"spec": {"runtime": "python", "source": {"inline": "def main(): pass"}}}
        """);
    setStatus(FunctionKinds.FUNCTION, key, "{\"packageDigest\": \"" + digest('1') + "\"}");
    create(ServingKinds.SERVICE, key, template(image('2')));
    create(ServingKinds.CONFIGURATION, new ObjectKey("default", "alone"), template(image('3')));
    create(
        ServingKinds.REVISION,
        new ObjectKey("default", "hello-00001"),
        "{\"spec\": {\"containers\": [{\"image\": \"" + image('4') + "\"}]}}");
    create(
        ServingKinds.SERVICE,
        new ObjectKey("default", "other"),
        template("docker.io/library/nginx:latest"));

    assertThat(new PackagesInUse(resources).get())
        .containsExactlyInAnyOrder(digest('1'), digest('2'), digest('3'), digest('4'));
  }

  @Test
  void nothingIsNamedInAnEmptyServer() {
    assertThat(new PackagesInUse(resources).get()).isEmpty();
  }

  private void create(KindDefinition kind, ObjectKey key, String json) {
    ObjectNode fields = (ObjectNode) new JsonMapper().readTree(json);
    resources.create(
        kind,
        KubernetesObject.of(kind.type(), key).with(object -> object.setAll(fields)),
        WriteOptions.by("test"));
  }

  private void setStatus(KindDefinition kind, ObjectKey key, String status) {
    ObjectNode fields = (ObjectNode) new JsonMapper().readTree(status);
    resources.update(
        kind,
        resources.get(kind, key).withStatus(fields),
        WriteOptions.by("test").to(WriteOptions.Subresource.STATUS));
  }

  private static String template(String image) {
    return "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"image\": \"%s\"}]}}}}"
        .formatted(image);
  }

  private static String image(char digit) {
    return new FunctionImage("default", "hello", digest(digit)).toString();
  }

  private static String digest(char digit) {
    return "sha256:" + String.valueOf(digit).repeat(64);
  }
}

package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import org.junit.jupiter.api.Test;

/// That the real kinds go through the real driver.
final class BuiltInKindsTest {
  private static final WriteOptions TEST = WriteOptions.by("test");

  @Test
  void aNamespaceIsActiveAndHeld() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition kind = resources.kinds().byResource("", "v1", "namespaces").orElseThrow();

      KubernetesObject namespace = resources.get(kind, ObjectKey.clusterScoped("default"));

      assertThat(namespace.status().path("phase").asString()).isEqualTo("Active");
      assertThat(namespace.spec().path("finalizers").get(0).asString()).isEqualTo("kubernetes");
      assertThat(namespace.labels()).containsEntry("kubernetes.io/metadata.name", "default");
    }
  }

  @Test
  void aStrategicMergePatchFollowsTheSchemaOfADeployment() {
    try (TestingResources resources = new TestingResources()) {
      KindDefinition kind = resources.kinds().byResource("apps", "v1", "deployments").orElseThrow();
      resources.create(
          kind,
          object(
              """
              {'apiVersion': 'apps/v1', 'kind': 'Deployment',
               'metadata': {'namespace': 'default', 'name': 'd'},
               'spec': {'selector': {'matchLabels': {'a': 'b'}}, 'template': {
                 'metadata': {'labels': {'a': 'b'}}, 'spec': {'containers': [
                   {'name': 'one', 'image': 'x:1', 'env': [{'name': 'A', 'value': '1'}]},
                   {'name': 'two', 'image': 'y:1'}]}}}}
              """),
          TEST);

      KubernetesObject patched =
          resources
              .patch(
                  kind,
                  new ObjectKey("default", "d"),
                  new Patch(
                      Patch.Type.STRATEGIC_MERGE,
                      object(
                              """
                              {'spec': {'template': {'spec': {'containers': [
                                {'name': 'one', 'env': [{'name': 'B', 'value': '2'}]},
                                {'name': 'two', '$patch': 'delete'}]}}}}
                              """)
                          .json()),
                  TEST)
              .object();

      assertThat(patched.json().at("/spec/template/spec/containers").size()).isEqualTo(1);
      assertThat(patched.json().at("/spec/template/spec/containers/0/image").asString())
          .isEqualTo("x:1");
      assertThat(patched.json().at("/spec/template/spec/containers/0/env").size()).isEqualTo(2);
      assertThat(patched.generation()).isEqualTo(2);
    }
  }
}

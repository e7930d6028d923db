package dev.ebb.resources.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.extensions.ExtensionKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What is built in, as definitions in the store.
final class BuiltInDefinitionsTest {
  private static final ObjectKey KEY = ObjectKey.clusterScoped("functions.ebb.dev");
  private static final WriteOptions USER = WriteOptions.by("user");

  @Test
  void aStartWritesWhatIsMissing() throws Exception {
    try (TestingResources resources = new TestingResources()) {
      KubernetesObject definition = reconciled(resources);

      assertThat(definition.spec().path("names").path("kind").asString()).isEqualTo("Function");
      assertThat(definition.labels()).containsEntry("app.kubernetes.io/name", "ebb");
    }
  }

  @Test
  void whatAUserMadeOfOneStaysUntilOursChanges() throws Exception {
    try (TestingResources resources = new TestingResources()) {
      KubernetesObject first = reconciled(resources);
      resources.update(
          ExtensionKinds.DEFINITION, first.with(json -> shortName(json, "mine")), USER);

      KubernetesObject kept = reconciled(resources);
      assertThat(kept.spec().path("names").path("shortNames").path(0).asString()).isEqualTo("mine");

      resources.update(
          ExtensionKinds.DEFINITION,
          kept.with(json ->
              json.withObject("/metadata/annotations").put(BuiltInDefinitions.MADE_OF, "old")),
          USER);
      KubernetesObject ours = reconciled(resources);
      assertThat(ours.spec().path("names").path("shortNames").path(0).asString()).isEqualTo("fn");
    }
  }

  /// Else `helm upgrade openfaas --install openfaas/openfaas` refuses to take them over.
  @Test
  void thoseOfAPeersChartAreItsReleases() throws Exception {
    try (TestingResources resources = new TestingResources()) {
      assertThat(reconciled(resources).annotations())
          .doesNotContainKey("meta.helm.sh/release-name");
      for (String name : List.of("functions.openfaas.com", "profiles.openfaas.com")) {
        KubernetesObject definition =
            resources.get(ExtensionKinds.DEFINITION, ObjectKey.clusterScoped(name));
        assertThat(definition.labels()).containsEntry("app.kubernetes.io/managed-by", "Helm");
        assertThat(definition.annotations())
            .containsEntry("meta.helm.sh/release-name", "openfaas")
            .containsEntry("meta.helm.sh/release-namespace", "openfaas");
      }
    }
  }

  private static void shortName(ObjectNode json, String name) {
    json.withObject("/spec/names").putArray("shortNames").add(name);
  }

  private static KubernetesObject reconciled(TestingResources resources)
      throws InterruptedException {
    try (BuiltInDefinitions definitions = new BuiltInDefinitions(resources.local())) {
      definitions.await();
    }
    return resources.get(ExtensionKinds.DEFINITION, KEY);
  }
}

package dev.ebb.kinds.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.extensions.ExtensionKinds;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// The built-in kinds as definitions that a cluster takes.
class BuiltInDefinitionsTest {
  static Stream<ObjectNode> definitions() {
    return CustomResourceDefinitions.ofAll(new BuiltInKinds().all()).stream();
  }

  @ParameterizedTest
  @MethodSource("definitions")
  void eachIsSound(ObjectNode definition) {
    ObjectNode copy = definition.deepCopy();
    ExtensionKinds.DEFINITION.rules().applyDefaults(copy, Optional.empty());

    assertThat(ExtensionKinds.DEFINITION.schema().validate(copy)).isEmpty();
    assertThat(ExtensionKinds.DEFINITION.schema().unknownFields(copy)).isEmpty();
    assertThat(
            ExtensionKinds.DEFINITION
                .rules()
                .validate(new KubernetesObject(copy), Optional.empty()))
        .isEmpty();
  }

  @Test
  void kubernetesOwnKindsHaveNone() {
    assertThat(definitions().map(definition -> definition.at("/metadata/name").asString()))
        .contains("services.serving.knative.dev", "functions.ebb.dev")
        .doesNotContain("deployments.apps")
        .noneMatch(name -> name.endsWith(".k8s.io"));
  }

  @Test
  void clientsFindThemByTheirLabels() {
    List<String> addressable =
        definitions()
            .filter(definition ->
                new KubernetesObject(definition)
                    .labels()
                    .containsKey("duck.knative.dev/addressable"))
            .map(definition -> definition.at("/metadata/name").asString())
            .toList();

    assertThat(addressable)
        .containsExactlyInAnyOrder("services.serving.knative.dev", "routes.serving.knative.dev");
  }
}

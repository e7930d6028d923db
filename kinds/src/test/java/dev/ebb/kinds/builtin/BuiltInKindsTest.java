package dev.ebb.kinds.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BuiltInKindsTest {
  private static final KindRegistry KINDS = new BuiltInKinds();

  static Stream<KindDefinition> kinds() {
    return KINDS.all().stream();
  }

  @ParameterizedTest
  @CsvSource({
    "serving.knative.dev, v1, services, Service",
    "serving.knative.dev, v1, configurations, Configuration",
    "serving.knative.dev, v1, revisions, Revision",
    "serving.knative.dev, v1, routes, Route",
    "serving.knative.dev, v1beta1, domainmappings, DomainMapping",
    "networking.internal.knative.dev, v1alpha1, clusterdomainclaims, ClusterDomainClaim",
    "ebb.dev, v1, functions, Function",
    "'', v1, services, Service",
    "'', v1, namespaces, Namespace",
    "'', v1, pods, Pod",
    "'', v1, secrets, Secret",
    "'', v1, configmaps, ConfigMap",
    "'', v1, events, Event",
    "'', v1, endpoints, Endpoints",
    "'', v1, serviceaccounts, ServiceAccount",
    "apps, v1, deployments, Deployment",
    "apps, v1, replicasets, ReplicaSet",
    "rbac.authorization.k8s.io, v1, roles, Role",
    "rbac.authorization.k8s.io, v1, clusterroles, ClusterRole",
    "rbac.authorization.k8s.io, v1, rolebindings, RoleBinding",
    "rbac.authorization.k8s.io, v1, clusterrolebindings, ClusterRoleBinding"
  })
  void findsAKindByItsUrlAndByItsType(String group, String version, String plural, String kind) {
    KindDefinition definition = KINDS.byResource(group, version, plural).orElseThrow();
    assertThat(definition.type()).isEqualTo(new GroupVersionKind(group, version, kind));
    assertThat(KINDS.byType(definition.type())).contains(definition);
  }

  @Test
  void knowsNoOthers() {
    assertThat(KINDS.byResource("", "v1", "boats")).isEmpty();
    assertThat(KINDS.byType(GroupVersionKind.of("v2", "Pod"))).isEmpty();
    assertThat(KINDS.all()).extracting(KindDefinition::type).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eachKindHasADocumentedSchemaOfAnObject(KindDefinition kind) {
    assertThat(kind.schema().openApi().path("type").asString()).isEqualTo("object");
    assertThat(kind.schema().openApi().path("description").asString()).isNotEmpty();
    assertThat(kind.schema().declares("metadata")).isTrue();
  }
}

package dev.ebb.resources.rbac;

import static dev.ebb.resources.rbac.Policies.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.local.StoredPolicy;
import dev.ebb.resources.testing.TestingResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EscalationTest {
  private static final String API = "apiVersion: rbac.authorization.k8s.io/v1\n";

  private static final String WORLD =
      API
          + """
          kind: Role
          metadata: {name: pods, namespace: default}
          rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
          ---
          """
          + API
          + """
          kind: ClusterRole
          metadata: {name: secrets}
          rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
          ---
          """
          + API
          + """
          kind: ClusterRole
          metadata: {name: writer}
          rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: ['*'], verbs: [create, update, patch]}
          - {apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}
          - {apiGroups: [''], resources: ['*/status'], verbs: [get]}
          - {apiGroups: [''], resources: [configmaps], resourceNames: [a, b], verbs: [get]}
          - {nonResourceURLs: [/logs/*], verbs: [get]}
          ---
          """
          + API
          + """
          kind: ClusterRole
          metadata: {name: escalator}
          rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}
          - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [secrets], verbs: [bind]}
          ---
          """
          + API
          + """
          kind: ClusterRoleBinding
          metadata: {name: writer}
          roleRef: {kind: ClusterRole, name: writer}
          subjects: [{kind: User, name: wendy}, {kind: User, name: eric}]
          ---
          """
          + API
          + """
          kind: ClusterRoleBinding
          metadata: {name: escalator}
          roleRef: {kind: ClusterRole, name: escalator}
          subjects: [{kind: User, name: eric}]
          """;

  private final TestingResources resources = new TestingResources(new BuiltInKinds());
  private final StoredPolicy policy = new StoredPolicy(resources.local());

  @BeforeEach
  void build() {
    for (KubernetesObject object : Policies.objects(WORLD)) {
      resources.create(kind(object), object, WriteOptions.by("test"));
    }
  }

  @AfterEach
  void close() {
    policy.close();
    resources.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          wendy|{apiGroups: [''], resources: [pods], verbs: [get]}|
          wendy|{apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}|
          wendy|{apiGroups: [''], resources: [pods/status, services/status], verbs: [get]}|
          wendy|{apiGroups: [''], resources: [configmaps], resourceNames: [a], verbs: [get]}|
          wendy|{apiGroups: [''], resources: [configmaps], resourceNames: [a, b], verbs: [get]}|
          wendy|{apiGroups: [''], resources: [configmaps], resourceNames: [a, c], verbs: [get]}|{APIGroups:[""], Resources:["configmaps"], ResourceNames:["c"], Verbs:["get"]}
          wendy|{apiGroups: [''], resources: [configmaps], verbs: [get]}|{APIGroups:[""], Resources:["configmaps"], Verbs:["get"]}
          wendy|{apiGroups: [''], resources: [pods], verbs: [get, delete, watch]}|{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}
          wendy|{apiGroups: ['', apps], resources: [pods], verbs: [list]}|{APIGroups:["apps"], Resources:["pods"], Verbs:["list"]}
          wendy|{apiGroups: [''], resources: ['*'], verbs: [get]}|{APIGroups:[""], Resources:["*"], Verbs:["get"]}
          wendy|{apiGroups: [''], resources: ['*/log'], verbs: [get]}|{APIGroups:[""], Resources:["*/log"], Verbs:["get"]}
          wendy|{apiGroups: [''], resources: [pods], verbs: ['*']}|{APIGroups:[""], Resources:["pods"], Verbs:["*"]}
          eric|{apiGroups: ['*'], resources: ['*'], verbs: ['*']}|
          """)
  void aRoleGivesNoMoreThanItsWriterHas(String user, String rule, String missing) {
    KubernetesObject role =
        Policies.objects(
                API + "kind: Role\nmetadata: {name: r, namespace: default}\nrules: [" + rule + "]")
            .getFirst();
    if (missing == null) {
      assertThatCode(() -> create(user, role)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> create(user, role))
          .isInstanceOf(ApiException.class)
          .hasMessage(
              "roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"%s\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n%s"
                  .formatted(user, missing));
      assertThat(resources.find(RbacKinds.ROLE, role.key())).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          wendy|Role|pods|
          wendy|ClusterRole|secrets|is attempting to grant RBAC permissions not currently held:
          wendy|ClusterRole|gone|clusterrole.rbac.authorization.k8s.io "gone" not found
          wendy|Role|gone|role.rbac.authorization.k8s.io "gone" not found
          eric|ClusterRole|secrets|
          eric|ClusterRole|escalator|
          wendy|ClusterRole|escalator|is attempting to grant RBAC permissions not currently held:
          """)
  void aBindingGivesNoMoreThanItsWriterHas(String user, String kind, String role, String refusal) {
    KubernetesObject binding =
        Policies.objects(
                API
                    + "kind: RoleBinding\nmetadata: {name: b, namespace: default}\n"
                    + "roleRef: {kind: %s, name: %s}\n".formatted(kind, role)
                    + "subjects: [{kind: User, name: friend}]")
            .getFirst();
    if (refusal == null) {
      assertThatCode(() -> create(user, binding)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> create(user, binding)).hasMessageContaining(refusal);
    }
  }

  @Test
  void aPatchIsJudgedByItsOutcome() {
    Patch more =
        new Patch(
            Patch.Type.JSON,
            Policies.objects(
                    "{apiVersion: v1, kind: X, patch: [{op: add, path: /rules/0/verbs/-, value: delete}]}")
                .getFirst()
                .json()
                .path("patch"));
    ObjectKey key = new ObjectKey("default", "pods");
    assertThatThrownBy(() -> resources.patch(RbacKinds.ROLE, key, more, by("wendy")))
        .hasMessageContaining("Verbs:[\"delete\"]");
    assertThat(resources.get(RbacKinds.ROLE, key).json().at("/rules/0/verbs")).hasSize(2);
  }

  @Test
  void anApplyThatCreatesIsJudgedToo() {
    KubernetesObject role =
        Policies.objects(
                API
                    + "kind: ClusterRole\nmetadata: {name: applied}\n"
                    + "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]")
            .getFirst();
    assertThatThrownBy(() ->
            resources.patch(
                RbacKinds.CLUSTER_ROLE,
                role.key(),
                new Patch(Patch.Type.APPLY, role.json()),
                by("wendy")))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("not currently held");
  }

  @Test
  void anOlderVersionIsNoWayAround() {
    KubernetesObject role =
        Policies.objects(
                """
                apiVersion: rbac.authorization.k8s.io/v1beta1
                kind: ClusterRole
                metadata: {name: old}
                rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
                """)
            .getFirst();
    assertThatThrownBy(() -> create("wendy", role)).hasMessageContaining("not currently held");
    resources.create(kind(role), role, WriteOptions.by("test"));
    assertThat(policy.role(new RoleRef("ClusterRole", "old"), "")).isPresent();
    assertThat(resources.get(RbacKinds.CLUSTER_ROLE, role.key()).groupVersionKind().apiVersion())
        .isEqualTo("rbac.authorization.k8s.io/v1");
  }

  @Test
  void onlyWhoMayDoEverythingAggregates() {
    KubernetesObject role =
        Policies.objects(
                API
                    + "kind: ClusterRole\nmetadata: {name: sum}\n"
                    + "aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}")
            .getFirst();
    assertThatThrownBy(() -> create("wendy", role))
        .hasMessageEndingWith("must have cluster-admin privileges to use the aggregationRule");
  }

  @Test
  void collectingGarbageIsNoGrant() {
    KubernetesObject role =
        resources.get(RbacKinds.CLUSTER_ROLE, ObjectKey.clusterScoped("secrets"));
    KubernetesObject held =
        role.with(json -> json.withObject("/metadata").putArray("finalizers").add("x.io/y"));
    assertThatCode(() -> resources.update(RbacKinds.CLUSTER_ROLE, held, by("wendy")))
        .doesNotThrowAnyException();
  }

  private void create(String user, KubernetesObject object) {
    resources.create(kind(object), object, by(user));
  }

  private WriteOptions by(String user) {
    return WriteOptions.by("test")
        .checkedBy(new Escalation(policy, subject(user, "system:authenticated")));
  }

  private KindDefinition kind(KubernetesObject object) {
    return resources.kinds().byType(object.groupVersionKind()).orElseThrow();
  }
}

package dev.ebb.resources.rbac;

import static dev.ebb.resources.rbac.Policies.request;
import static dev.ebb.resources.rbac.Policies.subject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.Waiting;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.local.RoleAggregation;
import dev.ebb.resources.local.StoredPolicy;
import dev.ebb.resources.testing.TestingResources;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultPolicyTest {
  static {
    Waiting.patiently();
  }

  private static TestingResources resources;
  private static StoredPolicy policy;
  private static RoleAggregation aggregation;

  @BeforeAll
  static void start() {
    resources = new TestingResources(new BuiltInKinds());
    policy = new StoredPolicy(resources.local());
    PolicyBootstrap.run(resources);
    aggregation = new RoleAggregation(resources.local());
    for (String role : new String[] {"view", "edit", "admin"}) {
      resources.create(
          RbacKinds.ROLE_BINDING,
          Policies.objects(
                  """
                  apiVersion: rbac.authorization.k8s.io/v1
                  kind: RoleBinding
                  metadata: {name: %s, namespace: default}
                  roleRef: {kind: ClusterRole, name: %s}
                  subjects: [{kind: User, name: %s}]
                  """
                      .formatted(role, role, role))
              .getFirst(),
          WriteOptions.by("test"));
    }
    // The parts come into `view`, then with it into `edit`, then with that into `admin`.
    Awaitility.await()
        .until(() ->
            allows("admin", "get functions.ebb.dev default/f")
                && allows("edit", "get functions.ebb.dev default/f"));
  }

  @AfterAll
  static void stop() {
    aggregation.close();
    policy.close();
    resources.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          get pods default/p | true | true | true
          get pods/log default/p | true | true | true
          list services.serving.knative.dev default/ | true | true | true
          get services/log.serving.knative.dev default/s | true | true | true
          watch brokers.eventing.knative.dev default/ | true | true | true
          list functions.ebb.dev default/ | true | true | true
          get namespaces default/default | true | true | true
          list namespaces -/ | false | false | false
          get pods kube-system/p | false | false | false
          get secrets default/s | false | true | true
          list secrets default/ | false | true | true
          create pods/exec default/p | false | true | true
          get pods/exec default/p | false | true | true
          create pods/portforward default/p | false | true | true
          get services/proxy default/s | false | true | true
          create serviceaccounts/token default/s | false | true | true
          impersonate serviceaccounts default/s | false | true | true
          create functions.ebb.dev default/ | false | true | true
          delete services.serving.knative.dev default/s | false | true | true
          deletecollection pods default/ | false | true | true
          update deployments/scale.apps default/d | false | true | true
          get roles.rbac.authorization.k8s.io default/r | false | false | true
          create rolebindings.rbac.authorization.k8s.io default/ | false | false | true
          create clusterrolebindings.rbac.authorization.k8s.io -/ | false | false | false
          escalate roles.rbac.authorization.k8s.io default/ | false | false | false
          update namespaces default/default | false | false | false
          delete functions.ebb.dev other/f | false | false | false
          create localsubjectaccessreviews.authorization.k8s.io default/ | false | false | true
          create selfsubjectaccessreviews.authorization.k8s.io -/ | true | true | true
          create tokenreviews.authentication.k8s.io -/ | false | false | false
          get /api | true | true | true
          get /apis/apps/v1 | true | true | true
          get /openapi/v3 | true | true | true
          get /version | true | true | true
          get /metrics | false | false | false
          """)
  void rolesOfANamespace(String question, boolean view, boolean edit, boolean admin) {
    assertThat(allows("view", question)).as("view").isEqualTo(view);
    assertThat(allows("edit", question)).as("edit").isEqualTo(edit);
    assertThat(allows("admin", question)).as("admin").isEqualTo(admin);
  }

  @Test
  void aStartGivesBackWhatWasTakenAndLeavesWhatWasAdded() {
    try (TestingResources own = new TestingResources(new BuiltInKinds())) {
      PolicyBootstrap.run(own);
      change(own, "system:discovery", role -> role.with(json -> json.putArray("rules")));
      change(
          own,
          "system:basic-user",
          role ->
              role.with(json ->
                  json.withObject("/metadata/annotations")
                      .put("rbac.authorization.kubernetes.io/autoupdate", "false")));
      change(own, "system:basic-user", role -> role.with(json -> json.putArray("rules")));
      PolicyRule added = Grants.allowPaths(Grants.GET, "/added");
      change(
          own,
          "system:monitoring",
          role -> role.with(json -> json.withArray("rules").add(added.json())));

      PolicyBootstrap.run(own);

      assertThat(PolicyRule.ofRole(role(own, "system:discovery").json()))
          .flatExtracting(PolicyRule::nonResourceUrls)
          .contains("/api", "/openapi/*");
      assertThat(role(own, "system:basic-user").json().path("rules")).isEmpty();
      assertThat(PolicyRule.ofRole(role(own, "system:monitoring").json())).contains(added);
    }
  }

  @Test
  void aSecondStartWritesNothing() {
    try (TestingResources own = new TestingResources(new BuiltInKinds())) {
      PolicyBootstrap.run(own);
      long revision = own.store().revision();
      PolicyBootstrap.run(own);
      assertThat(own.store().revision()).isEqualTo(revision);
    }
  }

  @Test
  void aRoleThatJoinsIsTakenInAndOneThatLeavesIsTakenOut() {
    KubernetesObject part =
        Policies.objects(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata:
                  name: crd-view
                  labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}
                rules: [{apiGroups: [example.com], resources: [toys], verbs: [get]}]
                """)
            .getFirst();
    resources.create(RbacKinds.CLUSTER_ROLE, part, WriteOptions.by("test"));
    Awaitility.await().until(() -> allows("admin", "get toys.example.com default/t"));
    resources.delete(
        RbacKinds.CLUSTER_ROLE, part.key(), dev.ebb.resources.DeleteOptions.background());
    Awaitility.await().until(() -> !allows("admin", "get toys.example.com default/t"));
  }

  private static void change(
      TestingResources in, String name, UnaryOperator<KubernetesObject> change) {
    in.update(RbacKinds.CLUSTER_ROLE, change.apply(role(in, name)), WriteOptions.by("test"));
  }

  private static KubernetesObject role(TestingResources in, String name) {
    return in.get(RbacKinds.CLUSTER_ROLE, ObjectKey.clusterScoped(name));
  }

  private static boolean allows(String user, String question) {
    return policy.allows(request(subject(user, "system:authenticated"), question));
  }
}

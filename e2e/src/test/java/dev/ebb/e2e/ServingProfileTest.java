package dev.ebb.e2e;

import static dev.ebb.e2e.ServingObjects.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// "RBAC Profile" and the tables of operations of the Knative Serving API specification: what a
/// developer of the minimal profile may do, and what an administrator may beside that.
@ExtendWith(SharedPlatform.class)
@Timeout(60)
class ServingProfileTest {
  private static final String NAMESPACE = "profile";
  private static final String ROLE =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata:
        name: knative-developer
      rules:
        - apiGroups: ["serving.knative.dev"]
          resources: ["services"]
          verbs: ["get", "list", "create", "update", "delete"]
        - apiGroups: ["serving.knative.dev"]
          resources: ["configurations", "routes", "revisions"]
          verbs: ["get", "list"]
      """;

  private static SharedPlatform.Shared shared;
  private static ServingObjects serving;

  @BeforeAll
  static void start(SharedPlatform.Shared platform) {
    shared = platform;
    serving = new ServingObjects(shared, NAMESPACE);
    shared.platform().write("role.yaml", ROLE);
    kubectl("apply", "-f", "role.yaml");
    kubectl("create", "serviceaccount", "developer");
    kubectl(
        "create",
        "rolebinding",
        "developer",
        "--role=knative-developer",
        "--serviceaccount=" + NAMESPACE + ":developer");
    serving.deploy("there", "one");
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "create, services, yes",
    "get, services, yes",
    "list, services, yes",
    "update, services, yes",
    "delete, services, yes",
    "get, configurations, yes",
    "list, configurations, yes",
    "create, configurations, no",
    "update, configurations, no",
    "delete, configurations, no",
    "get, revisions, yes",
    "list, revisions, yes",
    "create, revisions, no",
    "update, revisions, no",
    "patch, revisions, no",
    "get, routes, yes",
    "list, routes, yes",
    "create, routes, no",
    "update, routes, no",
    "delete, routes, no"
  })
  void theMinimalProfileIs(String verb, String resource, String answer) {
    assertThat(
            asDeveloper("auth", "can-i", verb, resource + ".serving.knative.dev")
                .run()
                .out()
                .strip())
        .isEqualTo(answer);
  }

  @Test
  void aDeveloperOfTheMinimalProfileDeploysChangesAndDeletes() {
    shared.platform().write("mine.json", serving.service("mine", "one").toString());
    asDeveloper("create", "-f", "mine.json").run().orFail();
    serving.awaitReady("services", "mine");
    shared.platform().write("mine.json", serving.service("mine", "two").toString());
    asDeveloper("replace", "-f", "mine.json").run().orFail();
    serving.awaitReady("services", "mine");
    assertThat(serving.call("mine")).isEqualTo("two");
    assertThat(asDeveloper("get", "revisions", "-o", "name").run().orFail().out())
        .contains("mine-00001", "mine-00002");
    asDeveloper("delete", "ksvc", "mine", "--wait=false").run().orFail();
    serving.awaitGone("services", "mine");
  }

  /// Beside create, which other tests do: PATCH, PUT, GET, LIST, WATCH, DELETE, DELETECOLLECTION.
  @ParameterizedTest
  @CsvSource({"services", "configurations", "routes", "revisions"})
  void anAdministratorHasEveryOperation(String plural) {
    String name = plural.equals("revisions") ? "there-00001" : "there";
    var stored = serving.patch(plural, name, "{'metadata': {'labels': {'seen': 'yes'}}}");
    serving.api().put(serving.path(plural, name), stored).expect(200);
    assertThat(
            serving.list(plural, "serving.knative.dev/service=there").size()
                + serving.list(plural, "seen=yes").size())
        .isPositive();
    var watch =
        serving.api().get(serving.path(plural) + "?watch=true&timeoutSeconds=1&resourceVersion=0");
    assertThat(watch.text()).contains("\"ADDED\"", name);
    serving
        .api()
        .delete(serving.path(plural) + "?labelSelector=none%3Dsuch&dryRun=All", "v1", "")
        .expect(200);
    serving.api().delete(serving.path(plural, name) + "?dryRun=All", "v1", "").expect(200);
    assertThat(serving.api().mergePatch(serving.path(plural, name), json("{'spec': 7}")).status())
        .isIn(400, 422);
  }

  private static void kubectl(String... words) {
    shared.platform().kubectl("-n", NAMESPACE).with(words).run().orFail();
  }

  private static Command asDeveloper(String... words) {
    return shared
        .platform()
        .kubectl("-n", NAMESPACE, "--as=system:serviceaccount:" + NAMESPACE + ":developer")
        .with(words);
  }
}

package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.ManifestReader;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What the server lets users do who are not the administrator, over the wire.
class AccessTest {
  private static TestServer server;
  private static String viewer;
  private static String admin;

  @BeforeAll
  static void start() throws Exception {
    server =
        new TestServer(
            new ApiServer.Handlers(
                List.of(new PathRoute("/metrics", false, e -> Responses.text(e, 200, "metrics"))),
                List.of(route("log"), route("exec"), route("portforward"))));
    server.resources.createNamespace("other");
    apply(
        """
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: viewer, namespace: default}}
        ---
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: admin, namespace: default}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: there, namespace: default}, data: {a: b}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default}}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: viewer, namespace: default},
         roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: ServiceAccount, name: viewer}]}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: admin, namespace: default},
         roleRef: {kind: ClusterRole, name: admin}, subjects: [{kind: ServiceAccount, name: admin}]}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: patcher},
         rules: [{apiGroups: [''], resources: [configmaps], verbs: [patch, get]},
                 {apiGroups: [''], resources: [users], resourceNames: [jane], verbs: [impersonate]},
                 {apiGroups: [''], resources: [groups], resourceNames: [staff], verbs: [impersonate]},
                 {apiGroups: [authentication.k8s.io], resources: [userextras/scopes], resourceNames: [a/b], verbs: [impersonate]}]}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: patcher, namespace: default},
         roleRef: {kind: ClusterRole, name: patcher}, subjects: [{kind: User, name: pat}]}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: impersonator},
         roleRef: {kind: ClusterRole, name: patcher}, subjects: [{kind: User, name: ivan}]}
        """);
    viewer = token("viewer");
    admin = token("admin");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET | /api | 200
          GET | /apis | 200
          GET | /apis/serving.knative.dev/v1 | 200
          GET | /openapi/v3 | 200
          GET | /version | 200
          GET | /metrics | 403
          GET | /nothing | 403
          GET | /openid/v1/jwks | 200
          GET | /.well-known/openid-configuration | 200
          GET | /api/v1/namespaces/default | 200
          GET | /api/v1/namespaces | 403
          GET | /api/v1/namespaces/other | 403
          GET | /api/v1/pods | 403
          GET | /api/v1/namespaces/default/pods | 200
          GET | /api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1 | 200
          GET | /api/v1/namespaces/other/pods | 403
          GET | /api/v1/namespaces/other/pods?watch=true | 403
          GET | /api/v1/namespaces/default/pods/p/log | 200
          GET | /api/v1/namespaces/other/pods/p/log | 403
          GET | /api/v1/namespaces/default/pods/p/exec | 403
          POST | /api/v1/namespaces/default/pods/p/exec | 403
          POST | /api/v1/namespaces/default/pods/p/portforward | 403
          GET | /api/v1/namespaces/default/configmaps/there | 200
          HEAD | /api/v1/namespaces/default/configmaps/there | 200
          GET | /api/v1/namespaces/default/secrets | 403
          GET | /api/v1/namespaces/default/secrets/s | 403
          GET | /api/v1/secrets?watch=true | 403
          GET | /api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Ds | 403
          POST | /api/v1/namespaces/default/configmaps | 403
          PUT | /api/v1/namespaces/default/configmaps/there | 403
          PATCH | /api/v1/namespaces/default/configmaps/there | 403
          DELETE | /api/v1/namespaces/default/configmaps/there | 403
          DELETE | /api/v1/namespaces/default/configmaps | 403
          PUT | /apis/apps/v1/namespaces/default/deployments/d/scale | 403
          PATCH | /apis/serving.knative.dev/v1/namespaces/default/services/s/status | 403
          POST | /api/v1/namespaces/default/serviceaccounts/admin/token | 403
          GET | /apis/rbac.authorization.k8s.io/v1/namespaces/default/roles | 403
          POST | /apis/authentication.k8s.io/v1/tokenreviews | 403
          POST | /apis/authorization.k8s.io/v1/subjectaccessreviews | 403
          GET | /apis/example.com/v1/namespaces/default/unknowns | 403
          BREW | /api/v1/namespaces/default/configmaps/there | 403
          """)
  void aViewerLooksAndNothingElse(String method, String path, int code) throws Exception {
    HttpResponse<String> response = as(viewer, method, path, "");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
    if (code == 403) {
      assertThat(TestServer.json(response).path("reason").asString()).isEqualTo("Forbidden");
    }
  }

  @Test
  void aRefusalIsToldAsKubernetesDoes() throws Exception {
    JsonNode status = TestServer.json(as(viewer, "GET", "/api/v1/namespaces/other/pods", ""));
    assertThat(status.path("message").asString())
        .isEqualTo(
            "pods is forbidden: User \"system:serviceaccount:default:viewer\" cannot list resource"
                + " \"pods\" in API group \"\" in the namespace \"other\"");
    assertThat(status.path("details").path("kind").asString()).isEqualTo("pods");
    assertThat(status.path("code").asInt()).isEqualTo(403);
  }

  @Test
  void aPatchThatCreatesNeedsTheRightToCreate() throws Exception {
    String applied = "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: {c: d}}";
    HttpResponse<String> present = applyAs("pat", "there", applied.formatted("there"));
    assertThat(present.statusCode()).as(present.body()).isEqualTo(200);
    HttpResponse<String> absent = applyAs("pat", "absent", applied.formatted("absent"));
    assertThat(absent.statusCode()).isEqualTo(403);
    assertThat(absent.body())
        .contains(
            "cannot create resource \\\"configmaps\\\" in API group \\\"\\\" in the namespace");
    assertThat(applyAs("", "absent", applied.formatted("absent")).statusCode()).isIn(200, 201);
  }

  @Test
  void theAdminOfANamespaceGivesAwayItsRightsAndNoMore() throws Exception {
    String bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
    String binding =
        """
        {"metadata": {"name": "%s"}, "roleRef": {"kind": "ClusterRole", "name": "%s"},
         "subjects": [{"kind": "User", "name": "friend"}]}
        """;
    assertThat(as(admin, "POST", bindings, binding.formatted("friend", "edit")).statusCode())
        .isEqualTo(201);
    HttpResponse<String> refused =
        as(admin, "POST", bindings, binding.formatted("root", "cluster-admin"));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(TestServer.json(refused).path("message").asString())
        .startsWith(
            "rolebindings.rbac.authorization.k8s.io \"root\" is forbidden: user"
                + " \"system:serviceaccount:default:admin\" (groups=[\"system:serviceaccounts\""
                + " \"system:serviceaccounts:default\" \"system:authenticated\"]) is attempting to"
                + " grant RBAC permissions not currently held:\n{APIGroups:[\"*\"],"
                + " Resources:[\"*\"], Verbs:[\"*\"]}");
    HttpResponse<String> clusterWide =
        as(
            admin,
            "POST",
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            binding.formatted("wide", "view"));
    assertThat(clusterWide.statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jane | '' | '' | 200
          jane | staff | '' | 200
          jane | staff | a/b | 200
          jane | staff | c | 403
          jane | system:masters | '' | 403
          john | '' | '' | 403
          system:serviceaccount:default:admin | '' | '' | 403
          system:admin | '' | '' | 403
          '' | staff | '' | 400
          """)
  void whoMayImpersonateWhom(String user, String group, String scope, int code) throws Exception {
    User ivan = new User("ivan", List.of("system:authenticated"));
    Impersonation impersonation = new Impersonation(new AccessControl(server.policy));
    Impersonation.Wanted wanted =
        new Impersonation.Wanted(
            user,
            "",
            group.isEmpty() ? List.of() : List.of(group),
            scope.isEmpty() ? Map.of() : Map.of("scopes", List.of(scope)));
    int answer;
    try {
      User acting = impersonation.apply(ivan, wanted);
      assertThat(acting.name()).isEqualTo(user);
      assertThat(acting.groups()).contains("system:authenticated");
      answer = 200;
    } catch (ApiException e) {
      answer = e.status().code();
    }
    assertThat(answer).isEqualTo(code);
  }

  @Test
  void theAdministratorActsAsAnybody() throws Exception {
    JsonNode review =
        TestServer.json(
            server.send(
                server
                    .request("/apis/authentication.k8s.io/v1/selfsubjectreviews")
                    .header("Impersonate-User", "system:serviceaccount:other:bot")
                    .header("Impersonate-Uid", "u-1")
                    .header("Impersonate-Extra-Scopes%2fx", "one")
                    .header("Impersonate-Extra-Scopes%2fx", "two")
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))));
    assertThat(review.at("/status/userInfo"))
        .hasToString(
            "{\"username\":\"system:serviceaccount:other:bot\",\"uid\":\"u-1\","
                + "\"groups\":[\"system:serviceaccounts\",\"system:serviceaccounts:other\","
                + "\"system:authenticated\"],\"extra\":{\"scopes/x\":[\"one\",\"two\"]}}");
  }

  @Test
  void reviewsAreTrue() throws Exception {
    assertThat(canI(viewer, "get", "pods", "default")).isTrue();
    assertThat(canI(viewer, "delete", "pods", "default")).isFalse();
    assertThat(canI(viewer, "get", "pods", "other")).isFalse();
    JsonNode other =
        TestServer.json(
            server.send(
                "POST",
                "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                "application/json",
                """
                {"spec": {"user": "system:serviceaccount:default:viewer",
                  "resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "default"}}}
                """));
    assertThat(other.at("/status"))
        .hasToString(
            "{\"allowed\":true,\"reason\":\"RBAC: allowed by RoleBinding \\\"viewer/default\\\" of"
                + " ClusterRole \\\"view\\\" to ServiceAccount \\\"viewer/default\\\"\"}");
    JsonNode rules =
        TestServer.json(
            as(
                viewer,
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                "{\"spec\": {\"namespace\": \"default\"}}"));
    assertThat(rules.at("/status/resourceRules").valueStream())
        .anySatisfy(rule -> assertThat(rule.path("resources").toString()).contains("pods/log"))
        .noneSatisfy(rule -> assertThat(rule.path("resources").toString()).contains("secrets"));
    assertThat(rules.at("/status/nonResourceRules").toString()).contains("/openapi/*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          selfsubjectaccessreviews|{"spec": {}}|422
          selfsubjectaccessreviews|{"spec": {"resourceAttributes": {}, "nonResourceAttributes": {}}}|422
          subjectaccessreviews|{"spec": {"resourceAttributes": {}}}|422
          selfsubjectrulesreviews|{"spec": {}}|400
          namespaces/default/localsubjectaccessreviews|{"spec": {"user": "u", "resourceAttributes": {"namespace": "other"}}}|400
          localsubjectaccessreviews|{"spec": {"user": "u", "resourceAttributes": {"namespace": "other"}}}|404
          """)
  void reviewsThatCannotBeAnswered(String path, String body, int code) throws Exception {
    assertThat(
            server
                .send("POST", "/apis/authorization.k8s.io/v1/" + path, "application/json", body)
                .statusCode())
        .isEqualTo(code);
  }

  @Test
  void aRightThatIsTakenAwayIsGoneAtOnce() throws Exception {
    List<KubernetesObject> made =
        apply(
            """
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: brief, namespace: default}}
            ---
            {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: brief, namespace: default},
             roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: ServiceAccount, name: brief}]}
            """);
    String token = token("brief");
    String pods = "/api/v1/namespaces/default/pods";
    assertThat(as(token, "GET", pods, "").statusCode()).isEqualTo(200);
    delete(made.get(1));
    assertThat(as(token, "GET", pods, "").statusCode()).isEqualTo(403);
    delete(made.get(0));
    assertThat(as(token, "GET", pods, "").statusCode()).isEqualTo(401);
    apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: brief, namespace: default}}");
    assertThat(as(token, "GET", pods, "").statusCode())
        .as("the token was that of another ServiceAccount of the name")
        .isEqualTo(401);
  }

  private boolean canI(String token, String verb, String resource, String namespace)
      throws Exception {
    JsonNode review =
        TestServer.json(
            as(
                token,
                "POST",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                """
                {"spec": {"resourceAttributes": {"verb": "%s", "resource": "%s", "namespace": "%s"}}}
                """
                    .formatted(verb, resource, namespace)));
    return review.path("status").path("allowed").asBoolean();
  }

  private static SubresourceRoute route(String name) {
    return new SubresourceRoute(
        "",
        "v1",
        "pods",
        name,
        List.of("get", "create"),
        (pod, exchange) -> Responses.text(exchange, 200, name));
  }

  private static List<KubernetesObject> apply(String yaml) {
    return ManifestReader.read(yaml).stream()
        .map(object ->
            server.resources.create(kind(object), object, WriteOptions.by("test")).object())
        .toList();
  }

  private static void delete(KubernetesObject object) {
    server.resources.delete(kind(object), object.key(), DeleteOptions.background());
  }

  private static KindDefinition kind(KubernetesObject object) {
    return server.resources.kinds().byType(object.groupVersionKind()).orElseThrow();
  }

  private static String token(String account) throws Exception {
    HttpResponse<String> response =
        server.send(
            "POST",
            "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
            "application/json",
            "{}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return TestServer.json(response).at("/status/token").asString();
  }

  private static HttpResponse<String> as(String token, String method, String path, String body)
      throws Exception {
    return server.send(
        HttpRequest.newBuilder(URI.create(server.server.url() + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  /// @param user the administrator acts as, if any
  private static HttpResponse<String> applyAs(String user, String name, String yaml)
      throws Exception {
    HttpRequest.Builder request =
        server
            .request(
                "/api/v1/namespaces/default/configmaps/%s?fieldManager=t&force=true"
                    .formatted(name))
            .header("Content-Type", "application/apply-patch+yaml")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(yaml));
    return server.send(user.isEmpty() ? request : request.header("Impersonate-User", user));
  }
}

package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.MetricsKinds;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Resources of which nothing is stored, by the example of `metrics.k8s.io`.
class ComputedResourceTest {
  private static final String ROOT = "/apis/metrics.k8s.io/v1beta1";
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  private static TestServer server;

  /// One Pod, `a` in `default`; what it was asked for is in what it answers.
  private static final ComputedResource.Source PODS =
      new ComputedResource.Source() {
        @Override
        public KubernetesObject get(ObjectKey key) {
          if (!key.equals(new ObjectKey("default", "a"))) {
            throw ApiException.notFound(MetricsKinds.POD_METRICS, key.name());
          }
          return metrics("asked by name");
        }

        @Override
        public ObjectList list(ListQuery query) {
          String asked = query.namespace() + "|" + query.labelSelector() + "|" + query.limit();
          return new ObjectList(List.of(metrics(asked)), "7", "", 0);
        }
      };

  private static KubernetesObject metrics(String asked) {
    return KubernetesObject.of(MetricsKinds.POD_METRICS.type(), new ObjectKey("default", "a"))
        .with(json -> {
          json.put("window", asked);
          for (String cpu : List.of("1500000n", "2m")) {
            json.withArray("containers")
                .addObject()
                .putObject("usage")
                .put("cpu", cpu)
                .put("memory", "3Ki");
          }
        });
  }

  @BeforeAll
  static void start() throws Exception {
    server =
        new TestServer(
            new ApiServer.Handlers(
                List.of(),
                List.of(),
                List.of(new ComputedResource(MetricsKinds.POD_METRICS, PODS))));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void discoveryTellsThatTheyAreOnlyRead() throws Exception {
    JsonNode resource = server.get(ROOT).path("resources").path(0);
    assertThat(resource.path("name").asString()).isEqualTo("pods");
    assertThat(resource.path("kind").asString()).isEqualTo("PodMetrics");
    assertThat(resource.path("verbs").valueStream().map(JsonNode::asString))
        .containsExactly("get", "list");
    assertThat(server.get("/apis").path("groups").valueStream())
        .extracting(group -> group.path("name").asString())
        .contains("metrics.k8s.io");
    assertThat(server.get("/openapi/v3/apis/metrics.k8s.io/v1beta1").toString())
        .contains("/namespaces/{namespace}/pods/{name}")
        .doesNotContain("\"post\"", "\"delete\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/pods, ||0",
    "/namespaces/default/pods?labelSelector=a%3Db&limit=5, default|a=b|5",
  })
  void theSourceIsAskedAsTheStoreWouldBe(String path, String asked) throws Exception {
    JsonNode list = server.get(ROOT + path);
    assertThat(list.path("kind").asString()).isEqualTo("PodMetricsList");
    assertThat(list.path("metadata").path("resourceVersion").asString()).isEqualTo("7");
    assertThat(list.path("items").path(0).path("window").asString()).isEqualTo(asked);
  }

  @Test
  void oneIsGotByItsName() throws Exception {
    JsonNode one = server.get(ROOT + "/namespaces/default/pods/a");
    assertThat(one.path("kind").asString()).isEqualTo("PodMetrics");
    assertThat(one.path("window").asString()).isEqualTo("asked by name");
  }

  @Test
  void tablesAddUpTheContainers() throws Exception {
    var response =
        server.send(server.request(ROOT + "/namespaces/default/pods").header("Accept", TABLE));
    assertThat(TestServer.json(response).path("rows").path(0).path("cells").toString())
        .isEqualTo("[\"a\",\"4m\",\"6Ki\",\"default||0\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /namespaces/default/pods/b, 404",
    "GET, /pods/a, 404",
    "GET, /namespaces/default/pods/a/status, 404",
    "GET, /namespaces/default/none, 404",
    "GET, /pods?watch=true, 405",
    "GET, /pods?limit=x, 400",
    "POST, /namespaces/default/pods, 405",
    "DELETE, /namespaces/default/pods/a, 405",
    "DELETE, /namespaces/default/pods, 405"
  })
  void whatCannotBeIsRefused(String method, String path, int code) throws Exception {
    var request = server.request(ROOT + path).method(method, BodyPublishers.noBody());
    assertThat(server.send(request).statusCode()).isEqualTo(code);
  }

  @Test
  void theWordForBothMeansTheStoredOne() throws Exception {
    assertThat(server.get("/api/v1/pods").path("kind").asString()).isEqualTo("PodList");
    assertThat(server.resources.kinds().byType(MetricsKinds.POD_METRICS.type())).isEmpty();
    assertThat(CoreKinds.POD.isComputed()).isFalse();
  }

  @Test
  void viewersMayReadThem() {
    var view = new ObjectKey("", "view");
    assertThat(server.resources.get(RbacKinds.CLUSTER_ROLE, view).json().path("rules").toString())
        .contains("metrics.k8s.io");
  }
}

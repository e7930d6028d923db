package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dialects.openfaas.Caller.Answer;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.functions.FunctionKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.WriteOptions;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// The rows of the gateway's API, with the requests that faas-cli sends.
class OpenFaasGatewayTest {
  private static final String HELLO =
      """
      {"service":"hello","image":"docker.io/library/hello:1","envProcess":"cat",
       "envVars":{"write_debug":"true","exec_timeout":"90s"},"secrets":["api-key"],
       "labels":{"com.openfaas.scale.min":"2","team":"a"},"annotations":{"topic":"orders",
                                "com.openfaas.serviceaccount":"reader"},
       "limits":{"memory":"128Mi","cpu":"100m"},"requests":{"memory":"64Mi"},
       "constraints":["node=x"],"readOnlyRootFilesystem":true}
      """;
  private final World world = new World();
  private final Caller admin = world.admin();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whoLogsInListsAndFindsNothing() {
    assertThat(admin.call("GET /system/functions").told()).isEqualTo("200 []");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "GET /system/functions",
        "POST /system/functions",
        "GET /system/function/hello",
        "POST /system/scale-function/hello",
        "GET /system/secrets",
        "GET /system/namespaces",
        "GET /system/namespace/openfaas-fn",
        "GET /system/logs?name=hello",
        "GET /system/info",
        "POST /system/alert",
        "GET /system/unknown",
      })
  void nothingIsToldWithoutThePassword(String request) {
    for (Caller stranger :
        new Caller[] {
          new Caller(world.gateway),
          new Caller(world.gateway).as("admin", "wrong"),
          new Caller(world.gateway).as("root", world.password()),
          new Caller(world.gateway).as("admin", ""),
          new Caller(world.gateway).withAuthorization("Basic ###"),
          new Caller(world.gateway).withAuthorization("Bearer " + world.password()),
        }) {
      Answer answer = stranger.call(request);
      assertThat(answer.told()).isEqualTo("401 invalid credentials");
      assertThat(answer.headers()).containsEntry("WWW-Authenticate", "Basic realm=\"Restricted\"");
    }
  }

  @Test
  void anEmptyPasswordLetsNobodyIn() {
    world.resources.update(
        CoreKinds.SECRET,
        world
            .resources
            .get(CoreKinds.SECRET, BasicAuth.SECRET)
            .with(json -> json.withObject("/data").put("basic-auth-password", "")),
        WriteOptions.by("test"));
    assertThat(new Caller(world.gateway).as("admin", "").call("GET /system/info").status())
        .isEqualTo(401);
  }

  @Test
  void aChangedPasswordCountsAtOnceAndIsKeptByTheNextStart() {
    world.resources.update(
        CoreKinds.SECRET,
        world
            .resources
            .get(CoreKinds.SECRET, BasicAuth.SECRET)
            .with(json ->
                json.withObject("/data")
                    .put(
                        "basic-auth-password",
                        Base64.getEncoder().encodeToString("mine".getBytes(UTF_8)))),
        WriteOptions.by("test"));
    OpenFaasBootstrap.run(world.resources);
    assertThat(admin.call("GET /system/info").status()).isEqualTo(401);
    assertThat(new Caller(world.gateway).as("admin", "mine").call("GET /system/info").status())
        .isEqualTo(200);
  }

  @Test
  void healthIsOpen() {
    assertThat(new Caller(world.gateway).call("GET /healthz").told()).isEqualTo("200 OK");
  }

  @Test
  void aFunctionIsAKnativeService() {
    world.secret("api-key");
    assertThat(admin.call("PUT /system/functions", HELLO).status()).isEqualTo(404);
    assertThat(admin.call("POST /system/functions", HELLO).told()).isEqualTo("202");
    KubernetesObject service = world.service("hello");
    assertThat(service.annotations())
        .containsEntry("serving.knative.dev/creator", "openfaas:admin");
    var template = service.spec().path("template");
    var spec = template.path("spec");
    var container = spec.path("containers").path(0);
    assertThat(container.path("image").asString()).isEqualTo("docker.io/library/hello:1");
    assertThat(container.path("env").toString())
        .isEqualTo(
            "[{\"name\":\"OPENFAAS_NAME\",\"value\":\"hello\"},"
                + "{\"name\":\"OPENFAAS_NAMESPACE\",\"value\":\"openfaas-fn\"},"
                + "{\"name\":\"exec_timeout\",\"value\":\"90s\"},{\"name\":\"fprocess\",\"value\":\"cat\"},"
                + "{\"name\":\"write_debug\",\"value\":\"true\"}]");
    assertThat(spec.path("serviceAccountName").asString()).isEqualTo("reader");
    assertThat(spec.path("timeoutSeconds").asInt()).isEqualTo(90);
    assertThat(spec.path("volumes").toString())
        .contains("\"projected\"")
        .contains("\"secret\":{\"name\":\"api-key\"")
        .contains("\"emptyDir\"");
    assertThat(container.path("volumeMounts").toString())
        .contains("/var/openfaas/secrets")
        .contains("\"/tmp\"");
    assertThat(template.path("metadata").path("annotations").toString())
        .contains("\"autoscaling.knative.dev/min-scale\":\"2\"")
        .contains("\"topic\":\"orders\"");
    assertThat(template.path("metadata").path("labels").toString())
        .contains("\"faas_function\":\"hello\"")
        .contains("\"team\":\"a\"");
  }

  @Test
  void whatWasDeployedIsGivenBack() {
    world.secret("api-key");
    assertThat(admin.call("POST /system/functions", HELLO).status()).isEqualTo(202);
    world.run("hello", 2, 1, 17);
    String one = admin.call("GET /system/function/hello?namespace=openfaas-fn&usage=1").body();
    assertThat(one)
        .isEqualTo(
            "{\"name\":\"hello\",\"image\":\"docker.io/library/hello:1\",\"namespace\":\"openfaas-fn\","
                + "\"envProcess\":\"cat\",\"envVars\":{\"exec_timeout\":\"90s\",\"write_debug\":\"true\"},"
                + "\"constraints\":[\"node=x\"],\"secrets\":[\"api-key\"],"
                + "\"labels\":{\"com.openfaas.scale.min\":\"2\",\"faas_function\":\"hello\",\"team\":\"a\"},"
                + "\"annotations\":{\"com.openfaas.serviceaccount\":\"reader\",\"prometheus.io.scrape\":\"false\","
                + "\"topic\":\"orders\"},"
                + "\"limits\":{\"cpu\":\"100m\",\"memory\":\"128Mi\"},\"requests\":{\"memory\":\"64Mi\"},"
                + "\"readOnlyRootFilesystem\":true,\"invocationCount\":17.0,\"replicas\":2,"
                + "\"availableReplicas\":1,\"createdAt\":\"2026-01-01T00:00:00Z\","
                + "\"usage\":{\"cpu\":12.5,\"totalMemoryBytes\":4096.0}}");
    assertThat(admin.call("GET /system/functions").body())
        .isEqualTo("[" + one.replaceFirst(",\"usage\".*", "}]"));
  }

  @Test
  void whatAnUpdateLeftBehindCountsForItsCallsOnly() {
    world.deployAndRun("hello", 1);
    world.runOld("hello", 4, 30);
    assertThat(admin.call("GET /system/function/hello").body())
        .contains("\"invocationCount\":30.0,\"replicas\":1,\"availableReplicas\":1");
  }

  @Test
  void anUpdateReplacesWhatWasThere() {
    world.secret("api-key");
    assertThat(admin.call("POST /system/functions", HELLO).status()).isEqualTo(202);
    assertThat(admin.call("PUT /system/functions", World.SMALL.formatted("hello")).told())
        .isEqualTo("202");
    KubernetesObject service = world.service("hello");
    assertThat(service.spec().path("template").path("spec").has("volumes")).isFalse();
    assertThat(service.labels()).isEqualTo(Map.of("faas_function", "hello"));
    assertThat(service.annotations())
        .containsEntry("serving.knative.dev/creator", "openfaas:admin")
        .doesNotContainKey("topic");
  }

  @Test
  void theSameDeployAgainIsANewRevision() {
    assertThat(admin.call("POST /system/functions", World.SMALL.formatted("hello")).status())
        .isEqualTo(202);
    long before = world.service("hello").generation();
    world.resources.clock().advance(java.time.Duration.ofSeconds(1));
    assertThat(admin.call("PUT /system/functions", World.SMALL.formatted("hello")).status())
        .isEqualTo(202);
    assertThat(world.service("hello").generation()).isEqualTo(before + 1);
  }

  @Test
  void aServiceThatWasMadeElsewhereIsListedAndCanBeRemoved() {
    world.resources.create(
        ServingKinds.SERVICE,
        KubernetesObject.of(ServingKinds.SERVICE.type(), new ObjectKey("openfaas-fn", "by-kubectl"))
            .with(json ->
                json.withObject("/spec/template/spec")
                    .putArray("containers")
                    .addObject()
                    .put("image", "docker.io/library/y:2")),
        WriteOptions.by("test"));
    assertThat(admin.call("GET /system/functions").body())
        .contains("\"name\":\"by-kubectl\"")
        .contains("\"faas_function\":\"by-kubectl\"");
    assertThat(admin.call("DELETE /system/functions", "{\"functionName\":\"by-kubectl\"}").told())
        .isEqualTo("202");
    assertThat(admin.call("GET /system/functions").body()).isEqualTo("[]");
  }

  @Test
  void aFunctionThatIsBuiltFromSourceIsRemovedWithItsSourceAndUpdatedOnlyByIt() {
    KubernetesObject source =
        world
            .resources
            .create(
                FunctionKinds.FUNCTION,
                KubernetesObject.of(
                        FunctionKinds.FUNCTION.type(), new ObjectKey("openfaas-fn", "built"))
                    .with(json ->
                        json.putObject("spec")
                            .put("runtime", "python")
                            .putObject("source")
                            .put("inline", "def handle(req): return req")),
                WriteOptions.by("test"))
            .object();
    world.resources.create(
        ServingKinds.SERVICE,
        dev.ebb.reconcile.Children.ownedBy(
            source,
            KubernetesObject.of(ServingKinds.SERVICE.type(), source.key())
                .with(json ->
                    json.withObject("/spec/template/spec")
                        .putArray("containers")
                        .addObject()
                        .put("image", "function.ebb.dev/openfaas-fn/built")),
            Map.of(),
            Map.of()),
        WriteOptions.by("test"));
    assertThat(admin.call("PUT /system/functions", World.SMALL.formatted("built")).told())
        .startsWith("409 function built is built from source");
    assertThat(admin.call("DELETE /system/functions", "{\"functionName\":\"built\"}").status())
        .isEqualTo(202);
    assertThat(world.resources.find(FunctionKinds.FUNCTION, source.key())).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /system/functions|{|400 unable to unmarshal request:",
        "POST /system/functions|[]|400 unable to unmarshal request: the body must be a JSON object",
        "POST /system/functions|{}|400 validation failed: service: is required",
        "POST /system/functions|{\"service\":\"A_b\",\"image\":\"x\"}"
            + "|400 validation failed: service: (A_b) is invalid, must be a valid DNS entry",
        "POST /system/functions|{\"service\":\"a\"}|400 validation failed: image: is required",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"secrets\":[\"no\"]}"
            + "|400 unable to fetch secrets: secret no was not found in namespace openfaas-fn",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"envVars\":{\"a\":1}}"
            + "|400 unable to unmarshal request: envVars.a must be a string",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"annotations\":"
            + "{\"topic\":\"cron-function\",\"schedule\":\"61 * * * *\"}}"
            + "|400 validation failed: annotations: schedule: \"61 * * * *\": end of range (61)",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"annotations\":"
            + "{\"topic\":\"cron-function\"}}|400 validation failed: annotations: schedule: is",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"annotations\":"
            + "{\"com.openfaas.ready.http.periodSeconds\":\"often\"}}"
            + "|400 validation failed: annotation com.openfaas.ready.http.periodSeconds must be a",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"annotations\":"
            + "{\"com.openfaas.health.http.failureThreshold\":\"0\"}}"
            + "|400 validation failed: annotation com.openfaas.health.http.failureThreshold must be a",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"limits\":{\"memory\":\"much\"}}"
            + "|400 validation failed: limits.memory: \"much\" is no quantity",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"namespace\":\"nope\"}"
            + "|400 namespace \"nope\" not found",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"namespace\":\"default\"}"
            + "|400 namespace \"default\" is not one for functions: it lacks the label openfaas=1",
        "POST /system/functions|{\"service\":\"a\",\"image\":\"x\",\"labels\":{\"team\":\"a b\"}}|400 ",
        "POST /system/functions|{\"service\":\"there\",\"image\":\"x\"}"
            + "|409 function there already exists in namespace openfaas-fn",
        "PUT /system/functions|{\"service\":\"gone\",\"image\":\"x\"}"
            + "|404 function gone not found in namespace openfaas-fn",
        "DELETE /system/functions|{\"functionName\":\"gone\"}|404 function gone not found",
        "DELETE /system/functions|{}|400 functionName is required",
        "PATCH /system/functions|{}|405 ",
        "GET /system/function/gone||404 function gone not found",
        "GET /system/functions?namespace=default||400 namespace \"default\" is not one",
        "GET /system/functions?namespace=%zz||400 the query cannot be read",
        "POST /system/scale-function/gone|{\"replicas\":1}|404 function gone not found",
        "POST /system/scale-function/there|{\"replicas\":-1}|400 replicas must be a whole number",
        "POST /system/scale-function/there|{\"replicas\":\"two\"}|400 replicas must be",
        "POST /system/scale-function/there|{}|400 replicas must be",
        "POST /system/secrets|{}|400 name is required",
        "POST /system/secrets|{\"name\":\"s\",\"rawValue\":\"%%\"}|400 rawValue is not base64",
        "PUT /system/secrets|{\"name\":\"gone\",\"value\":\"x\"}|404 secret gone not found",
        "DELETE /system/secrets|{\"name\":\"gone\"}|404 secret gone not found",
        "GET /system/namespace/default||404 namespace default not found",
        "POST /system/namespace/x|{\"name\":\"x\"}|400 the label openfaas=1 is required",
        "DELETE /system/namespace/openfaas-fn|{}|400 namespace openfaas-fn cannot be removed",
        "GET /system/logs||422 could not parse the log request",
        "GET /system/logs?name=there&tail=x||422 could not parse the log request",
        "GET /system/logs?name=there&since=yesterday||422 could not parse the log request",
        "GET /system/logs?name=gone||404 function gone not found",
        "POST /system/alert|{}|400 Unable to parse alert, bad format.",
        "GET /system/nothing||404 404 page not found",
        "GET /system/telemetry||404 404 page not found",
        "DELETE /system/info|{}|405 ",
        "GET /system/alert||405 ",
        "GET /system/scale-function/there||405 ",
        "POST /system/logs|{}|405 ",
        "GET /system/function/a/b||404 404 page not found",
      })
  void whatCannotBeIsRefusedWithTheReason(String request, String body, String answer) {
    assertThat(admin.call("POST /system/functions", World.SMALL.formatted("there")).status())
        .isEqualTo(202);
    assertThat(admin.call(request, body == null ? "" : body).told()).startsWith(answer);
  }

  @Test
  void aBodyWithoutEndIsNotRead() {
    assertThat(admin.call("POST /system/functions", " ".repeat(1024 * 1024 + 1)).told())
        .isEqualTo("413 the body is larger than 1048576 bytes");
  }

  @Test
  void theVersionIsTold() throws Exception {
    var info = new JsonMapper().readTree(admin.call("GET /system/info").body());
    assertThat(info.path("provider").path("version").path("release").asString()).isEqualTo("1.2.3");
    assertThat(info.path("version").path("release").asString()).isEqualTo("1.2.3");
    assertThat(info.path("arch").asString()).isNotEmpty();
  }
}

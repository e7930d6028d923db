package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The seven duties of an OpenFaaS gateway, in the order of the notes on it (S2): functions are
/// made, listed, updated and deleted; scaled; called; health, metrics and the state of scaling are
/// told; secrets; logs; calls that nobody waits for. By curl, with the requests that faas-cli
/// sends. One function goes through all of it.
@ExtendWith(SharedPlatform.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(90)
class OpenFaasTest {
  private static SharedPlatform.Shared shared;
  private static String password;

  @BeforeAll
  static void logIn(SharedPlatform.Shared platform) {
    shared = platform;
    String encoded =
        kubectl(
            "get",
            "secret",
            "basic-auth",
            "-n",
            "openfaas",
            "-o",
            "jsonpath={.data.basic-auth-password}");
    password = new String(Base64.getDecoder().decode(encoded), UTF_8);
  }

  @Test
  @Order(1)
  void aFunctionIsDeployedAndListedAsAServiceToo() {
    assertThat(put("/system/functions", deployment(Map.of("TARGET", "one")))).startsWith("404 ");
    assertThat(send("POST", "/system/functions", deployment(Map.of("TARGET", "one"))))
        .isEqualTo("202 ");
    available(1);
    assertThat(get("/system/functions").path(0).path("name").asString()).isEqualTo("whole");
    assertThat(kubectl("get", "ksvc", "-n", "openfaas-fn", "-o", "name"))
        .contains("service.serving.knative.dev/whole");
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "-n", "openfaas-fn", "ksvc/whole");
  }

  @Test
  @Order(2)
  void itIsCalledByPathAndTellsItsCall() {
    String answer =
        shared
            .platform()
            .curl("-i", "-d", "x", shared.platform().gateway() + "/function/whole")
            .run()
            .orFail()
            .out();
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("x-call-id: ")
        .containsIgnoringCase("x-start-time: ")
        .endsWith("one\n");
    assertThat(call("/function/whole.openfaas-fn/deep/path?q=1")).isEqualTo("200 one\n");
    assertThat(call("/function/nobody"))
        .startsWith("404 error finding function nobody.openfaas-fn: ");
  }

  @Test
  @Order(3)
  void itIsUpdated() {
    assertThat(put("/system/functions", deployment(Map.of("TARGET", "two")))).isEqualTo("202 ");
    await().until(() -> call("/function/whole").equals("200 two\n"));
  }

  @Test
  @Order(4)
  void itIsScaledByHandByAlertsAndToZero() {
    assertThat(send("POST", "/system/scale-function/whole", "{\"replicas\":3}")).isEqualTo("202 ");
    available(3);
    assertThat(alert("resolved")).isEqualTo("200 ");
    assertThat(replicas("replicas")).isBetween(1, 3);
    assertThat(alert("firing")).isEqualTo("200 ");
    available(3);
    assertThat(send("POST", "/system/scale-function/whole", "{\"replicas\":0}")).isEqualTo("202 ");
    await("nothing runs").until(() -> replicas("replicas") == 0);
    assertThat(call("/function/whole")).isEqualTo("200 two\n");
  }

  @Test
  @Order(5)
  void healthMetricsAndUseAreTold() {
    assertThat(call("/healthz")).isEqualTo("200 OK");
    assertThat(metrics("/healthz")).isEqualTo("OK\n");
    assertThat(metrics("/metrics"))
        .contains(
            "gateway_function_invocation_total{code=\"200\",function_name=\"whole.openfaas-fn\"}")
        .contains("gateway_service_count{function_name=\"whole.openfaas-fn\"}")
        .contains("gateway_service_ready_count{function_name=\"whole.openfaas-fn\"}");
    await("its use")
        .untilAsserted(() -> {
          JsonNode status = get("/system/function/whole?usage=1");
          assertThat(status.path("invocationCount").asDouble()).isGreaterThanOrEqualTo(2);
          assertThat(status.path("usage").path("totalMemoryBytes").asDouble()).isPositive();
        });
    assertThat(get("/system/info").path("provider").path("provider").asString()).isEqualTo("ebb");
  }

  @Test
  @Order(6)
  void secretsAreKept() {
    String secret = "{\"name\":\"api-key\",\"value\":\"s3cret\"}";
    assertThat(send("POST", "/system/secrets", secret)).isEqualTo("202 ");
    assertThat(send("POST", "/system/secrets", secret)).startsWith("409 ");
    assertThat(get("/system/secrets").toString())
        .isEqualTo("[{\"name\":\"api-key\",\"namespace\":\"openfaas-fn\"}]");
    assertThat(
            kubectl(
                "get", "secret", "api-key", "-n", "openfaas-fn", "-o", "jsonpath={.data.api-key}"))
        .isEqualTo(Base64.getEncoder().encodeToString("s3cret".getBytes(UTF_8)));
    assertThat(send("DELETE", "/system/secrets", "{\"name\":\"api-key\"}")).isEqualTo("202 ");
  }

  @Test
  @Order(7)
  void logsAreLinesOfJson() {
    String lines = call("/system/logs?name=whole&tail=1&follow=false", password());
    assertThat(lines)
        .startsWith("200 {\"name\":\"whole\",\"namespace\":\"openfaas-fn\",\"instance\":\"whole-")
        .contains("\"text\":\"I was called\"");
    assertThat(lines.strip().lines()).hasSize(1);
  }

  @Test
  @Order(8)
  void aCallIsMadeThatNobodyWaitsFor() {
    assertThat(call("/async-function/whole", "-d", "x", "-H", "X-Call-Id: later"))
        .isEqualTo("202 ");
    await("it was made")
        .until(() ->
            metrics("/metrics")
                .lines()
                .anyMatch(line ->
                    line.startsWith("ebb_async_delivered_total{")
                        && line.contains("function_name=\"whole.openfaas-fn\"")
                        && line.endsWith(" 1.0")));
  }

  @Test
  @Order(9)
  void itIsRemoved() {
    assertThat(send("DELETE", "/system/functions", "{\"functionName\":\"whole\"}"))
        .isEqualTo("202 ");
    await().until(() -> call("/function/whole").startsWith("404 error finding function"));
    assertThat(get("/system/functions").isEmpty()).isTrue();
  }

  @Test
  @Order(10)
  void aStackFileIsDeployedAndRemoved() {
    Platform platform = shared.platform();
    platform.write(
        "stack.yml",
        """
        provider: {name: openfaas, gateway: "http://elsewhere:8080"}
        functions:
          stacked-one:
            image: ${STACK_IMAGE:-%1$s}
            environment: {TARGET: 1.10}
          stacked-two: {image: "%1$s"}
          broken: {image: "%1$s", secrets: [nobody-made-it]}
        """
            .formatted(shared.image()));
    assertThat(
            platform.ebb("deploy", "-f", "stack.yml", "--filter", "stacked-*").run().orFail().out())
        .contains("function stacked-one created and ready")
        .contains("/function/stacked-two");
    assertThat(call("/function/stacked-one")).isEqualTo("200 1.10\n");
    Command.Result again =
        platform
            .ebb("deploy", "-f", "stack.yml", "--regex", "one$", "-e", "TARGET=3", "-o", "json")
            .run()
            .orFail();
    assertThat(again.out()).contains("\"updated\"").doesNotContain("stacked-two");
    assertThat(call("/function/stacked-one")).isEqualTo("200 3\n");

    Command.Result broken = platform.ebb("deploy", "-f", "stack.yml", "--filter", "broken").run();
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.err()).contains("secret nobody-made-it was not found");

    assertThat(platform.ebb("remove", "-f", "stack.yml").run().orFail().out())
        .contains("function stacked-one removed", "function broken was not there");
    assertThat(get("/system/functions").isEmpty()).isTrue();
  }

  @Test
  @Order(11)
  void aFunctionIsCalledByTheClock() {
    String ticking =
        """
        {"service":"ticking","image":"%s",
         "annotations":{"topic":"cron-function","schedule":"TZ=Europe/Berlin @every 1s"}}
        """
            .formatted(shared.image());
    assertThat(send("POST", "/system/functions", ticking.replace("@every 1s", "never")))
        .startsWith("400 validation failed: annotations: schedule: ");
    assertThat(send("POST", "/system/functions", ticking)).isEqualTo("202 ");
    await("two calls")
        .until(() -> get("/system/function/ticking").path("invocationCount").asDouble(0) >= 2);
    await("the Event of the calls")
        .untilAsserted(() ->
            assertThat(
                    kubectl(
                        "get",
                        "events",
                        "-n",
                        "openfaas-fn",
                        "--field-selector",
                        "reason=Scheduled"))
                .contains(
                    "service/ticking", "Called by the schedule \"TZ=Europe/Berlin @every 1s\""));

    // With a Service of kubectl's, what cannot be read is told by an Event.
    kubectl("annotate", "ksvc", "ticking", "-n", "openfaas-fn", "schedule=never", "--overwrite");
    await("the Event")
        .until(() ->
            kubectl("get", "events", "-n", "openfaas-fn")
                .contains("The function is not called as wanted: schedule: \"never\""));
    assertThat(send("DELETE", "/system/functions", "{\"functionName\":\"ticking\"}"))
        .isEqualTo("202 ");
  }

  /// The manifest is what `faas-cli generate --api=openfaas.com/v1` prints of a stack file.
  @Test
  @Order(11)
  void aFunctionOfKubectlIsAServiceToo() {
    String manifest =
        """
        ---
        apiVersion: openfaas.com/v1
        kind: Function
        metadata:
          name: applied
          namespace: openfaas-fn
        spec:
          name: applied
          image: %s
          environment:
            TARGET: one
          annotations:
            com.openfaas.profile: quiet
          limits:
            memory: 64Mi
            cpu: 500m
          requests:
            memory: ""
            cpu: 10m
          readOnlyRootFilesystem: false
        """
            .formatted(shared.image());
    Platform platform = shared.platform();
    platform.write("profile.yaml", PROFILE);
    platform.write("function.yaml", manifest);
    platform.write("changed.yaml", manifest.replace("TARGET: one", "TARGET: two"));
    platform.write(
        "wrong.yaml", manifest.replace("  name: applied\n  image", "  name: b\n  image"));
    kubectl("apply", "-f", "profile.yaml");
    kubectl("apply", "-f", "function.yaml");
    kubectl(
        "wait",
        "--for=condition=Healthy",
        "--timeout=60s",
        "-n",
        "openfaas-fn",
        "functions.openfaas.com/applied");
    assertThat(kubectl("get", "functions.openfaas.com", "-n", "openfaas-fn", "-o", "wide"))
        .matches(
            "(?s)NAME +IMAGE +READY +HEALTHY +REPLICAS +AVAILABLE +UNAVAILABLE\\s+"
                + "applied +\\S+ +True +True +1 +1 .*");
    assertThat(call("/function/applied")).isEqualTo("200 one\n");
    assertThat(get("/system/functions").path(0).path("name").asString()).isEqualTo("applied");
    assertThat(kubectl("get", "function.openfaas.com/applied", "-n", "openfaas-fn", "-o", "json"))
        .contains("\"profileRef\"");
    assertThat(kubectl("api-resources", "--api-group=openfaas.com"))
        .contains("functions", "openfaas.com/v1", "Function", "profiles", "Profile");
    assertThat(
            kubectl(
                "explain",
                "functions.spec.readOnlyRootFilesystem",
                "--api-version=openfaas.com/v1"))
        .contains("<boolean>");

    kubectl("apply", "-f", "changed.yaml");
    await().until(() -> call("/function/applied").equals("200 two\n"));
    Command.Result wrong = platform.kubectl("apply", "-f", "wrong.yaml").run();
    assertThat(wrong.exitCode()).isNotZero();
    assertThat(wrong.err()).contains("spec.name: Invalid value: \"b\": must be metadata.name");

    kubectl("delete", "-f", "changed.yaml", "-f", "profile.yaml");
    await("the Service goes with it").until(() -> get("/system/functions").isEmpty());
  }

  private static final String PROFILE =
      """
      apiVersion: openfaas.com/v1
      kind: Profile
      metadata: {name: quiet, namespace: openfaas}
      spec:
        tolerations: [{key: nvme, operator: Exists}]
        podSecurityContext: {runAsUser: 0}
      """;

  @Test
  @Order(12)
  void aServiceIsExportedAndDeployedAgainInBothDialects() {
    Platform platform = shared.platform();
    assertThat(send("POST", "/system/secrets", "{\"name\":\"key\",\"value\":\"s3cret\"}"))
        .isEqualTo("202 ");
    platform.write(
        "moved.yml",
        """
        provider: {name: openfaas, gateway: "http://elsewhere:8080"}
        functions:
          moved:
            image: %s
            environment: {TARGET: "moved", EMPTY: "", write_timeout: 20s}
            secrets: [key]
            labels: {com.openfaas.scale.max: "3", team: "1"}
            annotations: {topic: cron-function, schedule: "@yearly", com.openfaas.health.http.path: /}
            limits: {memory: 64Mi}
            constraints: ["zone=a"]
        """
            .formatted(shared.image()));
    platform.ebb("deploy", "-f", "moved.yml").run().orFail();
    JsonNode before = described();

    String stack = export("--as", "openfaas");
    platform.write("exported.yml", stack);
    platform.write("exported.yaml", export("--as", "knative"));
    platform.ebb("remove", "-f", "moved.yml").run().orFail();
    await("it is gone").until(() -> get("/system/functions").isEmpty());

    kubectl("apply", "-f", "exported.yaml");
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "-n", "openfaas-fn", "ksvc/moved");
    assertThat(call("/function/moved")).isEqualTo("200 moved\n");
    assertThat(described()).isEqualTo(before);
    assertThat(export("--as", "openfaas")).isEqualTo(stack);

    platform.ebb("deploy", "-f", "exported.yml").run().orFail();
    assertThat(described()).isEqualTo(before);
    platform.write("function.json", export("--as", "openfaas.com/v1", "-o", "json"));
    kubectl("apply", "-f", "function.json");
    await("the Function has taken the Service over")
        .until(() ->
            kubectl("get", "ksvc", "moved", "-n", "openfaas-fn", "-o", "json")
                .contains("\"kind\": \"Function\""));
    assertThat(described()).isEqualTo(before);

    kubectl(
        "patch",
        "ksvc",
        "moved",
        "-n",
        "openfaas-fn",
        "--type=json",
        "-p",
        "[{\"op\":\"remove\",\"path\":\"/metadata/ownerReferences\"},"
            + "{\"op\":\"add\",\"path\":\"/spec/template/spec/containerConcurrency\",\"value\":7}]");
    Command.Result refused =
        platform.ebb("export", "moved", "-n", "openfaas-fn", "--as", "openfaas").run();
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("spec.template.spec.containerConcurrency");
    kubectl("delete", "functions.openfaas.com", "moved", "-n", "openfaas-fn");
    kubectl("delete", "ksvc", "moved", "-n", "openfaas-fn", "--ignore-not-found");
  }

  private static String export(String... form) {
    List<String> words = new ArrayList<>(List.of("export", "moved", "-n", "openfaas-fn"));
    words.addAll(List.of(form));
    return shared.platform().ebb(words.toArray(new String[0])).run().orFail().out();
  }

  /// What faas-cli describe shows, without what changes by itself.
  private static JsonNode described() {
    ObjectNode function = (ObjectNode) get("/system/function/moved");
    function.remove(List.of("createdAt", "invocationCount", "replicas", "availableReplicas"));
    return function;
  }

  private static String deployment(Map<String, String> environment) {
    StringBuilder variables = new StringBuilder();
    environment.forEach((name, value) ->
        variables
            .append(variables.isEmpty() ? "" : ",")
            .append("\"%s\":\"%s\"".formatted(name, value)));
    return """
    {"service":"whole","image":"%s","envVars":{%s},
     "labels":{"com.openfaas.scale.max":"3","com.openfaas.scale.factor":"100"}}
    """
        .formatted(shared.image(), variables);
  }

  private static String alert(String status) {
    return send(
        "POST",
        "/system/alert",
        """
        {"status":"%1$s","alerts":[{"status":"%1$s",
         "labels":{"alertname":"APIHighInvocationRate","function_name":"whole.openfaas-fn"}}]}
        """
            .formatted(status));
  }

  private static void available(int count) {
    await(count + " instances").until(() -> replicas("availableReplicas") == count);
  }

  private static int replicas(String field) {
    return get("/system/function/whole").path(field).asInt(0);
  }

  private static JsonNode get(String path) {
    String answer = call(path, password());
    assertThat(answer).startsWith("200 ");
    return new JsonMapper().readTree(answer.substring("200 ".length()));
  }

  private static String put(String path, String body) {
    return send("PUT", path, body);
  }

  private static String send(String method, String path, String body) {
    return call(path, "-X", method, "-d", body, "-u", "admin:" + password);
  }

  private static String[] password() {
    return new String[] {"-u", "admin:" + password};
  }

  /// @return status and body
  private static String call(String path, String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    words.addAll(List.of("-w", "\n%{http_code}", shared.platform().gateway() + path));
    String out = shared.platform().curl(words.toArray(new String[0])).run().orFail().out();
    int last = out.lastIndexOf('\n');
    return out.substring(last + 1) + " " + out.substring(0, last);
  }

  private static String metrics(String path) {
    return shared.platform().curl(shared.platform().metricsUrl() + path).run().orFail().out();
  }

  private static String kubectl(String... words) {
    return shared.platform().kubectl(words).run().orFail().out();
  }
}

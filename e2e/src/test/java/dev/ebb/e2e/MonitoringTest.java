package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files of `deploy/monitoring` with the real Prometheus and Alertmanager.
@ExtendWith(SharedPlatform.class)
@Timeout(120)
class MonitoringTest {

  /// Answers with the status that it is sent.
  private static final String GRADED =
      """
      def main(request):
          return ("hello", int(request.text) if request.text.isdigit() else 200)
      """;

  private static Platform platform;

  @BeforeAll
  static void take(SharedPlatform.Shared shared) {
    platform = shared.platform();
  }

  @Test
  void theToolsFindNothingWrongWithTheFiles() {
    Path files = MonitoringFiles.copyTo(platform.root().resolve("checked"));
    check(files, "promtool check config", "prometheus.yml", "prometheus-remote.yml");
    check(files, "promtool check rules --lint=all --lint-fatal", "openfaas-scaling.yml");
    check(files, "promtool test rules", "rules.test.yml");
    check(files, "amtool check-config", "alertmanager.yml");
  }

  private static void check(Path directory, String command, String... files) {
    Command tool = platform.command("env", command.split(" "));
    for (String file : files) {
      tool = tool.with(directory.resolve(file).toString());
    }
    tool.run().orFail();
  }

  @Test
  void theDashboardIsOneThatGrafanaImports() {
    JsonNode dashboard = MonitoringFiles.dashboard();
    assertThat(dashboard.path("schemaVersion").asInt()).isPositive();
    assertThat(dashboard.path("templating").path("list").path(0).path("type").asString())
        .isEqualTo("datasource");
    Set<Integer> ids = new HashSet<>();
    Set<String> cells = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asString();
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      JsonNode place = panel.path("gridPos");
      for (int x = place.path("x").asInt();
          x < place.path("x").asInt() + place.path("w").asInt();
          x++) {
        for (int y = place.path("y").asInt();
            y < place.path("y").asInt() + place.path("h").asInt();
            y++) {
          assertThat(cells.add(x + "," + y)).as(title).isTrue();
        }
        assertThat(x).as(title).isLessThan(24);
      }
      for (JsonNode target : panel.path("targets")) {
        assertThat(target.path("datasource").path("uid").asString()).isEqualTo("${datasource}");
      }
    }
  }

  /// As OpenFaaS's community edition scales: the load makes an alert, the alert makes instances.
  /// The function's own target is so high that its load alone makes none.
  @Test
  void anAlertScalesAFunctionUpAndItsEndBringsItBack() {
    String password = password();
    deploy(password);
    Path files = MonitoringFiles.copyTo(platform.root().resolve("monitoring"));
    try (Monitoring monitoring = new Monitoring(platform, files)) {
      configure(monitoring, files, password);
      monitoring.start("prometheus-remote.yml");
      await("the first metrics").until(() -> monitoring.query("up{job=\"ebb\"} == 1").size() == 1);
      causeTrouble();
      URI function = URI.create(platform.gateway() + "/function/scaled");
      try (Load load = Load.on(function, 2, Duration.ofMillis(50))) {
        await("three instances").until(() -> instances(password) == 3);
        assertThat(monitoring.alerts()).contains("APIHighInvocationRate scaled.openfaas-fn");
        everyPanelShowsSomething(monitoring);
        everyNamedMetricIsThere(monitoring);
        assertThat(load.failures()).isEmpty();
      }
      await("one instance").until(() -> instances(password) == 1);
      await("no alert")
          .untilAsserted(
              () -> assertThat(monitoring.alerts()).noneMatch(it -> it.startsWith("APIHigh")));
      assertThat(monitoring.brokenRules()).isEmpty();
      assertThat(monitoring.failedPosts()).isZero();
    } finally {
      // Other classes have the same platform.
      call(password, "-X", "DELETE", "-d", "{\"functionName\":\"scaled\"}", "/system/functions");
    }
    platform.ebb("async", "drop", "given-up").run().orFail();
    platform.ebb("delete", "graded").run().orFail();
  }

  /// Where each metric has a value: calls that fail, a dead letter and a callback, a start that is
  /// refused.
  private static void causeTrouble() {
    call("", "-d", "500", "/function/scaled");
    call(
        "",
        "-d",
        "418",
        "-H",
        "X-Call-Id: given-up",
        "-H",
        "X-Callback-Url: " + platform.gateway() + "/function/scaled",
        "/async-function/scaled");
    platform.kubectl("create", "namespace", "monitored").run().orFail();
    platform.write(
        "refused.yaml",
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: refused, namespace: monitored}
        spec:
          template:
            metadata:
              annotations: {serving.ebb.dev/scaling-metric: backlog}
            spec:
              containers:
              - image: %s
                envFrom: [{secretRef: {name: nobody-made-it}}]
        """
            .formatted(image()));
    platform.kubectl("apply", "-f", "refused.yaml").run().orFail();
  }

  private static void everyPanelShowsSomething(Monitoring monitoring) {
    MonitoringFiles.queries()
        .forEach((panel, query) ->
            await(panel + ": " + query)
                // What is left out where it is zero may be zero now.
                .until(() -> !monitoring.query(query.replace(" > 0", "")).isEmpty()));
  }

  private static void everyNamedMetricIsThere(Monitoring monitoring) {
    Set<String> named = new TreeSet<>(MonitoringFiles.namedByThePage());
    List<String> expressions = new ArrayList<>(MonitoringFiles.queries().values());
    for (String file : List.of("ebb-alerts.yml", "openfaas-scaling.yml")) {
      List<String> rules = MonitoringFiles.rules(file);
      assertThat(rules).as(file).isNotEmpty();
      expressions.addAll(rules);
    }
    expressions.forEach(expression -> named.addAll(MetricNames.of(expression)));
    assertThat(named).hasSizeGreaterThan(30);
    assertThat(monitoring.metricNames()).containsAll(named);
  }

  private static void configure(Monitoring monitoring, Path files, String password) {
    MonitoringFiles.change(
        files.resolve("prometheus-remote.yml"),
        Map.of(
            "scrape_interval: 5s", "scrape_interval: 1s",
            "evaluation_interval: 5s", "evaluation_interval: 1s",
            "127.0.0.1:9093", "127.0.0.1:" + monitoring.alertmanagerPort(),
            "ebb.example.com:6443",
                URI.create(platform.record().path("apiUrl").asString()).getAuthority(),
            "# - openfaas-scaling.yml", "- openfaas-scaling.yml"));
    MonitoringFiles.change(
        files.resolve("openfaas-scaling.yml"), Map.of("[15s]", "[4s]", "for: 5s", "for: 1s"));
    MonitoringFiles.change(
        files.resolve("alertmanager.yml"),
        Map.of(
            "group_wait: 5s", "group_wait: 0s",
            "group_interval: 10s", "group_interval: 1s",
            "repeat_interval: 30s", "repeat_interval: 1s",
            "http://127.0.0.1:8080/", platform.gateway() + "/"));
    MonitoringFiles.write(files.resolve("openfaas-password"), password);
    MonitoringFiles.write(files.resolve("ebb-ca.crt"), platform.read("data/pki/ca.crt"));
    MonitoringFiles.write(files.resolve("ebb-token"), token());
  }

  /// One that may read metrics, made as the page says; without the role it may not.
  private static String token() {
    platform.kubectl("create", "serviceaccount", "prometheus", "-n", "openfaas").run().orFail();
    String token =
        platform
            .ebb("token", "create", "prometheus", "-n", "openfaas")
            .run()
            .orFail()
            .out()
            .strip();
    assertThat(metricsOfTheApi("-H", "Authorization: Bearer " + token)).isEqualTo("403");
    assertThat(metricsOfTheApi()).isEqualTo("401");
    platform
        .kubectl("create", "clusterrolebinding", "prometheus", "--clusterrole=system:monitoring")
        .with("--serviceaccount=openfaas:prometheus")
        .run()
        .orFail();
    return token;
  }

  private static String metricsOfTheApi(String... options) {
    return platform
        .curl("-o", "/dev/null", "-w", "%{http_code}")
        .with("--cacert", platform.dataDirectory().resolve("pki/ca.crt").toString())
        .with(options)
        .with(platform.record().path("apiUrl").asString() + "/metrics")
        .run()
        .orFail()
        .out();
  }

  private static void deploy(String password) {
    platform.write("graded.py", GRADED);
    platform.ebb("deploy", "graded.py").run().orFail();
    call(
        password,
        "-d",
        """
        {"service": "scaled", "image": "%s",
         "labels": {"com.openfaas.scale.max": "3", "com.openfaas.scale.factor": "100",
                    "com.openfaas.scale.target": "1000"}}
        """
            .formatted(image()),
        "/system/functions");
    await("one instance").until(() -> instances(password) == 1);
  }

  private static String image() {
    String path = "jsonpath={.spec.template.spec.containers[0].image}";
    return platform.kubectl("get", "ksvc", "graded", "-o", path).run().orFail().out();
  }

  private static String password() {
    String path = "jsonpath={.data.basic-auth-password}";
    return new String(
        Base64.getDecoder()
            .decode(
                platform
                    .kubectl("get", "secret", "basic-auth", "-n", "openfaas", "-o", path)
                    .run()
                    .orFail()
                    .out()),
        UTF_8);
  }

  private static int instances(String password) {
    return new JsonMapper()
        .readTree(call(password, "/system/function/scaled"))
        .path("availableReplicas")
        .asInt(0);
  }

  /// @param password empty for what asks for none
  /// @param words options of curl, then a path
  private static String call(String password, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add(platform.gateway() + all.removeLast());
    if (!password.isEmpty()) {
      all.addAll(List.of("-f", "-u", "admin:" + password));
    }
    return platform.curl(all.toArray(String[]::new)).run().orFail().out();
  }
}

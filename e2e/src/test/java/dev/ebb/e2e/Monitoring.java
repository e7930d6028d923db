package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Debian's Prometheus and Alertmanager on loopback ports of their own, with the files of a
/// directory.
final class Monitoring implements AutoCloseable {
  private final Platform platform;
  private final Path directory;
  private final List<Process> processes = new ArrayList<>();
  private final int prometheus = freePort();
  private final int alertmanager = freePort();

  /// @param directory below that of the platform
  Monitoring(Platform platform, Path directory) {
    this.platform = platform;
    this.directory = directory;
  }

  int alertmanagerPort() {
    return alertmanager;
  }

  /// @param configuration of Prometheus, in the directory
  void start(String configuration) {
    start(
        "prometheus-alertmanager",
        "--config.file=" + directory.resolve("alertmanager.yml"),
        "--storage.path=" + directory.resolve("alertmanager"),
        "--web.listen-address=127.0.0.1:" + alertmanager,
        // It looks for no others.
        "--cluster.listen-address=");
    start(
        "prometheus",
        "--config.file=" + directory.resolve(configuration),
        "--storage.tsdb.path=" + directory.resolve("prometheus"),
        "--web.listen-address=127.0.0.1:" + prometheus);
    for (int port : new int[] {alertmanager, prometheus}) {
      Awaitility.await("port " + port + " answers")
          .until(() ->
              platform.curl("-f", "http://127.0.0.1:" + port + "/-/ready").run().exitCode() == 0);
    }
  }

  private void start(String program, String... options) {
    processes.add(platform.command(program, options).start(program + ".out"));
  }

  /// @return vectors with their values
  JsonNode query(String expression) {
    JsonNode answer =
        get(prometheus, "/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
    if (!answer.path("status").asString().equals("success")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return answer.path("data").path("result");
  }

  List<String> metricNames() {
    List<String> names = new ArrayList<>();
    get(prometheus, "/api/v1/label/__name__/values")
        .path("data")
        .forEach(name -> names.add(name.asString()));
    return names;
  }

  /// Names of rules that Prometheus could not work out, with the reason.
  List<String> brokenRules() {
    List<String> broken = new ArrayList<>();
    for (JsonNode group : get(prometheus, "/api/v1/rules").path("data").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("health").asString().equals("err")) {
          broken.add(rule.path("name").asString() + ": " + rule.path("lastError").asString());
        }
      }
    }
    return broken;
  }

  /// Alerts that Alertmanager has, without those that are resolved.
  List<String> alerts() {
    List<String> alerts = new ArrayList<>();
    for (JsonNode alert : get(alertmanager, "/api/v2/alerts")) {
      JsonNode labels = alert.path("labels");
      alerts.add(
          labels.path("alertname").asString() + " " + labels.path("function_name").asString(""));
    }
    return alerts;
  }

  /// How many posts to a webhook failed.
  double failedPosts() {
    String metrics =
        platform.curl("http://127.0.0.1:" + alertmanager + "/metrics").run().orFail().out();
    return metrics
        .lines()
        .filter(line ->
            line.startsWith("alertmanager_notifications_failed_total{") && line.contains("webhook"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private JsonNode get(int port, String path) {
    return new JsonMapper()
        .readTree(platform.curl("http://127.0.0.1:" + port + path).run().orFail().out());
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      for (Process process : processes) {
        process.destroy();
      }
      for (Process process : processes) {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.gateway.RequestLog;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.RequestLogSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RequestLoggerTest {
  private static final ObjectKey CONFIG = new ObjectKey("knative-serving", "config-observability");

  private final Map<String, String> data = new ConcurrentHashMap<>();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private static RequestLog.Entry entry(String uri, String userAgent) {
    return new RequestLog.Entry(
        new RevisionId("default", "hello-00001"),
        new InstanceId("pod"),
        "10.0.0.7",
        "GET",
        uri,
        "a",
        "HTTP/1.1",
        "192.0.2.1:80",
        0,
        Map.of("user-agent", userAgent),
        200,
        5,
        Duration.ofMillis(1500));
  }

  private RequestLogger logger() {
    return new RequestLogger(
        () -> RequestLogSettings.now(key -> key.equals(CONFIG) ? Map.copyOf(data) : Map.of()),
        revision -> new RequestLogger.Owner("service of " + revision.name(), "configuration"),
        lines::add);
  }

  @Test
  void theSettingsOfNowCount() {
    try (RequestLogger logger = logger()) {
      assertThat(logger.isOn()).isFalse();
      data.put(
          "logging.request-log-template",
          "{{.Request.RequestURI}} {{.Response.Latency}} {{.Revision.Service}} {{.Revision.PodIP}}");
      // Last, for the settings may be looked at in between.
      data.put("logging.enable-request-log", "true");
      await().until(logger::isOn);
      logger.request(entry("/probed", "kube-probe/1.34"));
      logger.request(entry("/one", "curl"));
      await()
          .untilAsserted(
              () -> assertThat(lines).containsExactly("/one 1.5 service of hello-00001 10.0.0.7"));
      data.put("logging.request-log-template", "{{.Request.RequestURI}}");
      data.put("logging.enable-probe-request-log", "true");
      await()
          .untilAsserted(() -> {
            logger.request(entry("/probed", "kube-probe/1.34"));
            assertThat(lines).contains("/probed");
          });
      data.put("logging.enable-request-log", "false");
      await().until(() -> !logger.isOn());
    }
  }
}

package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class FunctionProbesTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          topic=a                                 | -                      | -
          health.path=/h                          | /h                     | /h
          ready.path=/_/ready                     | -                      | /_/ready
          health.path=/h ready.path=/r            | /h                     | /r
          ready.periodSeconds=5                   | -                      | /_/health period=5
          health.periodSeconds=5                  | /_/health period=5     | /_/health
          health.path=/h health.initialDelay=1m   | /h initialDelay=60     | /h
          ready.initialDelaySeconds=30            | -                      | /_/health initialDelay=30
          ready.path=/r ready.periodSeconds=100ms | -                      | /r period=1
          ready.path=/r ready.timeoutSeconds=7s   | -                      | /r timeout=7
          ready.path=/r ready.successThreshold=2  | -                      | /r successThreshold=2
          ready.path=/r ready.failureThreshold=9  | -                      | /r failureThreshold=9
          """)
  void annotationsMakeProbes(String annotations, String liveness, String readiness) {
    ObjectNode container = Json.object();
    new FunctionProbes(named(annotations)).putInto(container, 8080);
    assertThat(told(container.path("livenessProbe"))).isEqualTo(liveness);
    assertThat(told(container.path("readinessProbe"))).isEqualTo(readiness);
  }

  private static Map<String, String> named(String words) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String word : words.split(" ")) {
      String[] parts = word.split("=", 2);
      annotations.put("com.openfaas." + parts[0].replace(".", ".http."), parts[1]);
    }
    return annotations;
  }

  private static String told(JsonNode probe) {
    if (probe.isMissingNode()) {
      return "-";
    }
    assertThat(probe.path("httpGet").path("port").asInt()).isEqualTo(8080);
    StringBuilder told = new StringBuilder(probe.path("httpGet").path("path").asString());
    probe
        .properties()
        .forEach(field -> {
          if (field.getValue().isNumber()) {
            String name = field.getKey().replace("Seconds", "");
            told.append(' ').append(name).append('=').append(field.getValue().asInt());
          }
        });
    return told.toString();
  }
}

package dev.ebb.kinds.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestLogSettingsTest {
  private static final RequestLogSettings.Revision REVISION =
      new RequestLogSettings.Revision(
          "hello-00001", "default", "hello", "hello", "hello-00001-pod", "10.0.0.7");

  private static RequestLogSettings.Request request(Map<String, String> headers) {
    return new RequestLogSettings.Request(
        "POST", "/a?b=\"c\"", "hello.example", "HTTP/2.0", "192.0.2.1:4321", -1, headers);
  }

  @Test
  void theDefaultIsKnatives() {
    RequestLogSettings settings = RequestLogSettings.of(Map.of());
    assertThat(settings.enabled()).isFalse();
    assertThat(settings.probes()).isFalse();
    assertThat(settings.line(request(Map.of("user-agent", "curl/8")), 200, 12, 0.25, REVISION))
        .isEqualTo(
            "{\"httpRequest\": {\"requestMethod\": \"POST\", \"requestUrl\":"
                + " \"/a?b\\u003D\\\"c\\\"\", \"requestSize\": \"-1\", \"status\": 200,"
                + " \"responseSize\": \"12\", \"userAgent\": \"curl/8\", \"remoteIp\":"
                + " \"192.0.2.1:4321\", \"serverIp\": \"10.0.0.7\", \"referer\": \"\", \"latency\":"
                + " \"0.25s\", \"protocol\": \"HTTP/2.0\"}, \"traceId\": \"\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {{.Revision.Namespace}}/{{.Revision.Service}}/{{.Revision.PodName}} | default/hello/hello-00001-pod
          {{.Revision.Name}} {{.Revision.Configuration}}                      | hello-00001 hello
          {{.Response.Code}} {{.Response.Size}} {{.Response.Latency}}         | 503 7 1.5
          {{.Request.Host}} {{.Request.Referer}}                              | hello.example there
          {{.Request.Header.Get "X-Request-Id"}}                              | id
          {{.TraceID}}                                                        | 4bf92f3577b34da6a3ce929d0e0e4736
          """)
  void aTemplateAsksForWhatARequestHas(String template, String line) {
    RequestLogSettings settings =
        RequestLogSettings.of(Map.of("logging.request-log-template", template));
    Map<String, String> headers =
        Map.of(
            "x-request-id", "id",
            "referer", "there",
            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(settings.line(request(headers), 503, 7, 1.5, REVISION)).isEqualTo(line);
  }
}

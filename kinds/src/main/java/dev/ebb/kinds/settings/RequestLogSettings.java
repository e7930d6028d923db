package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import java.util.Map;

/// Lines about requests: `logging.*` of the ConfigMap `config-observability`.
///
/// @param probes whether probes are told of as well
/// @param template of a line
public record RequestLogSettings(boolean enabled, boolean probes, GoTemplate template) {
  private static final ParsedConfig<RequestLogSettings> NOW =
      new ParsedConfig<>(SystemSettings.OBSERVABILITY, RequestLogSettings::of);

  private static final String TEMPLATE = "logging.request-log-template";
  private static final String ENABLED = "logging.enable-request-log";
  private static final String PROBES = "logging.enable-probe-request-log";

  /// Knative's; its fields are those of Google Cloud's `HttpRequest`.
  private static final String DEFAULT =
      """
      {"httpRequest": {"requestMethod": "{{.Request.Method}}", "requestUrl": "{{js .Request.RequestURI}}", \
      "requestSize": "{{.Request.ContentLength}}", "status": {{.Response.Code}}, \
      "responseSize": "{{.Response.Size}}", "userAgent": "{{js .Request.UserAgent}}", \
      "remoteIp": "{{js .Request.RemoteAddr}}", "serverIp": "{{.Revision.PodIP}}", \
      "referer": "{{js .Request.Referer}}", "latency": "{{.Response.Latency}}s", \
      "protocol": "{{.Request.Proto}}"}, "traceId": "{{.TraceID}}"}\
      """;

  /// Whom a request was for.
  public record Revision(
      String name,
      String namespace,
      String service,
      String configuration,
      String podName,
      String podIp) {}

  /// What it was.
  ///
  /// @param headers by their names in lower case
  public record Request(
      String method,
      String uri,
      String host,
      String protocol,
      String remoteAddress,
      long contentLength,
      Map<String, String> headers) {
    public Request {
      headers = Map.copyOf(headers);
    }
  }

  /// As of now.
  public static RequestLogSettings now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what is no template, or asks for what no request has
  static RequestLogSettings of(Map<String, String> configObservability) {
    SettingValues values = new SettingValues(configObservability);
    boolean enabled = values.bool(false, ENABLED);
    String text = values.text(DEFAULT, TEMPLATE);
    if (enabled && text.isEmpty()) {
      throw new InvalidSettingException(
          "\"%s\" was set to true, but no \"%s\" was specified".formatted(ENABLED, TEMPLATE));
    }
    RequestLogSettings settings =
        new RequestLogSettings(
            enabled, values.bool(false, PROBES), GoTemplate.parse("requestLog", text));
    var _ =
        settings.line(
            new Request("GET", "/", "host", "HTTP/1.1", "192.0.2.1:80", 0, Map.of()),
            200,
            0,
            0,
            new Revision("a-00001", "default", "a", "a", "a-00001-pod", "192.0.2.2"));
    return settings;
  }

  /// One line, without its end.
  ///
  /// @param seconds from the request's arrival to the end of its response
  public String line(
      Request request, int status, long responseBytes, double seconds, Revision revision) {
    return template.execute(
        new GoTemplate.Subject(
            "*http.RequestLogTemplateInput",
            Map.of(
                "Request",
                subject(request),
                "Response",
                new GoTemplate.Subject(
                    "*http.RequestLogResponse",
                    Map.of("Code", status, "Size", responseBytes, "Latency", seconds)),
                "Revision",
                subject(revision),
                "TraceID",
                trace(request.headers()))));
  }

  private static GoTemplate.Subject subject(Request request) {
    Map<String, String> headers = request.headers();
    GoTemplate.Lookup lookup =
        name -> headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    return new GoTemplate.Subject(
        "*http.Request",
        Map.of(
            "Method", request.method(),
            "RequestURI", request.uri(),
            "URL", request.uri(),
            "Host", request.host(),
            "Proto", request.protocol(),
            "RemoteAddr", request.remoteAddress(),
            "ContentLength", request.contentLength(),
            "UserAgent", lookup.get("user-agent"),
            "Referer", lookup.get("referer"),
            "Header", lookup));
  }

  private static GoTemplate.Subject subject(Revision revision) {
    return new GoTemplate.Subject(
        "*http.RequestLogRevision",
        Map.of(
            "Name", revision.name(),
            "Namespace", revision.namespace(),
            "Service", revision.service(),
            "Configuration", revision.configuration(),
            "PodName", revision.podName(),
            "PodIP", revision.podIp()));
  }

  /// Of W3C's Trace Context, or of B3.
  private static String trace(Map<String, String> headers) {
    String[] parent = headers.getOrDefault("traceparent", "").split("-", -1);
    return parent.length > 1 ? parent[1] : headers.getOrDefault("x-b3-traceid", "");
  }
}

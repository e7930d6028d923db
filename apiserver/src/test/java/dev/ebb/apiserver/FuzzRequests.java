package dev.ebb.apiserver;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Requests that a client of Kubernetes might send, and requests that only an enemy would.
///
/// The same seed makes the same requests.
final class FuzzRequests {
  private static final List<String> NAMESPACES =
      List.of("default", "default", "default", "fuzz", "kube-system", "none");
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> SUBRESOURCES =
      List.of("status", "scale", "finalize", "log", "proxy", "token", "exec", "x", "status/x");

  private static final List<String> FAVOURITES =
      List.of(
          "configmaps",
          "namespaces",
          "services",
          "deployments.apps",
          "services.serving.knative.dev",
          "customresourcedefinitions.apiextensions.k8s.io");

  private static final List<String> FIXED =
      List.of(
          "/",
          "/api",
          "/apis",
          "/api/v1",
          "/apis/apps/v1",
          "/apis/x/v1",
          "/openapi/v2",
          "/openapi/v3",
          "/openapi/v3/api/v1",
          "/version",
          "/healthz",
          "/livez",
          "/readyz",
          "/metrics",
          "/api/v1/",
          "/api//v1/pods",
          "/apis/apps/v1/namespaces/default",
          "/%",
          "/api/v1/namespaces/default/pods/a/b/c/d",
          "/..",
          "/api/v1/%2e%2e/pods",
          "*");

  private static final List<String> SELECTORS =
      List.of(
          "a=b",
          "app",
          "!app",
          "app in (a,b)",
          "app notin (a)",
          "a=b,c!=d",
          "a in",
          "(",
          "a>1",
          "app=a",
          "=,=",
          "metadata.name=a",
          "metadata.name!=a",
          "spec.x=1",
          "status.phase=Running",
          "type=x\\,y",
          "metadata.namespace=default,metadata.name=a",
          "x".repeat(3000));

  private static final List<String> NUMBERS =
      List.of("0", "1", "2", "500", "-1", "x", "99999999999999999999", "9223372036854775807", "");

  private static final List<String> ACCEPTS =
      List.of(
          "application/json",
          "application/yaml",
          "*/*",
          "application/vnd.kubernetes.protobuf",
          "application/vnd.kubernetes.protobuf,application/json",
          "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
          "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
          "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
          "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io",
          "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
          "text/html;q=0.1",
          ";;;,,,q=x");

  private final KindRegistry kinds;
  private final FuzzValues values;
  private final FuzzBodies bodies;
  private final List<String> tokens =
      new ArrayList<>(List.of("x", "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ"));

  FuzzRequests(KindRegistry kinds, long seed) {
    this.kinds = kinds;
    this.values = new FuzzValues(new Random(seed));
    this.bodies = new FuzzBodies(values);
  }

  /// A continue token that the server gave, to be used and misused later.
  void offerToken(String token) {
    if (tokens.size() < 50) {
      tokens.add(token);
    } else {
      tokens.set(values.below(tokens.size()), token);
    }
  }

  FuzzRequest next() {
    if (values.once(40)) {
      return request(method("GET"), values.oneOf(FIXED), FuzzBodies.Body.NONE);
    }
    KindDefinition kind = kind();
    String namespace = values.oneOf(NAMESPACES);
    String name = values.once(25) ? values.oneOf(FuzzValues.WORDS) : values.oneOf(NAMES);
    String group = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
    String prefix = group + kind.type().version() + "/";
    boolean namespaced = kind.namespaced() != values.once(30);
    String collection =
        prefix + (namespaced ? "namespaces/" + namespace + "/" : "") + kind.plural();
    String object = collection + "/" + encode(name);
    FuzzBodies.Body none = FuzzBodies.Body.NONE;
    return switch (values.below(20)) {
      case 0 -> request(method("GET"), prefix + kind.plural() + query(), none);
      case 1, 2 -> request(method("GET"), collection + query(), none);
      case 3, 4 -> request(method("GET"), object + query(), none);
      case 5, 6, 7, 8, 9 ->
          request(method("POST"), collection + query(), bodies.forWrite(kind, namespace, name));
      case 10, 11, 12 ->
          request(method("PUT"), object + query(), bodies.forWrite(kind, namespace, name));
      case 13, 14, 15 ->
          request(method("PATCH"), object + query(), bodies.patch(kind, namespace, name));
      case 16 ->
          request(
              method("DELETE"), object + query(), values.once(2) ? none : bodies.deleteOptions());
      case 17 ->
          request(
              method("DELETE"),
              collection + "?labelSelector=" + encode(values.oneOf(SELECTORS)),
              values.once(2) ? none : bodies.deleteOptions());
      default -> {
        String part = object + "/" + values.oneOf(SUBRESOURCES) + query();
        yield switch (values.below(4)) {
          case 0 -> request(method("GET"), part, none);
          case 1 -> request(method("PUT"), part, bodies.forWrite(kind, namespace, name));
          case 2 -> request(method("PATCH"), part, bodies.patch(kind, namespace, name));
          default -> request(method("POST"), part, bodies.forWrite(kind, namespace, name));
        };
      }
    };
  }

  /// Half of all requests go to a few kinds, so that they meet objects of each other.
  private KindDefinition kind() {
    List<KindDefinition> all = List.copyOf(kinds.all());
    List<KindDefinition> few =
        all.stream().filter(kind -> FAVOURITES.contains(kind.qualifiedPlural())).toList();
    return values.oneOf(values.once(2) ? all : few);
  }

  private String method(String usual) {
    return values.once(40)
        ? values.oneOf(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"))
        : values.once(40) && usual.equals("GET") ? "HEAD" : usual;
  }

  private String query() {
    if (!values.once(3)) {
      return "";
    }
    List<String> parameters = new ArrayList<>();
    for (int i = values.below(4); i >= 0; i--) {
      parameters.add(parameter());
    }
    return "?" + String.join("&", parameters);
  }

  private String parameter() {
    return switch (values.below(20)) {
      case 0 -> "labelSelector=" + encode(values.oneOf(SELECTORS));
      case 1 -> "fieldSelector=" + encode(values.oneOf(SELECTORS));
      case 2 -> "limit=" + values.oneOf(NUMBERS);
      case 3 -> "continue=" + encode(values.oneOf(tokens));
      case 4 -> "resourceVersion=" + values.oneOf(NUMBERS);
      case 5 -> "resourceVersionMatch=" + values.oneOf(List.of("Exact", "NotOlderThan", "x", ""));
      case 6 -> "watch=" + values.oneOf(List.of("1", "true", "false", "x"));
      case 7 -> "timeoutSeconds=" + values.oneOf(NUMBERS);
      case 8 -> "allowWatchBookmarks=true";
      case 9 -> "sendInitialEvents=" + values.oneOf(List.of("true", "false"));
      case 10, 11 -> "dryRun=" + values.oneOf(List.of("All", "All", "", "x"));
      case 12, 13 ->
          "fieldValidation=" + values.oneOf(List.of("Strict", "Warn", "Ignore", "x", ""));
      case 14, 15 -> "fieldManager=" + encode(values.oneOf(FuzzValues.WORDS) + "m");
      case 16 -> "force=" + values.oneOf(List.of("true", "false", "x"));
      case 17 -> "propagationPolicy=" + values.oneOf(List.of("Foreground", "Orphan", "x"));
      case 18 -> "pretty=" + values.oneOf(List.of("true", "x"));
      default ->
          encode(values.oneOf(FuzzValues.WORDS)) + "=" + encode(values.oneOf(FuzzValues.WORDS));
    };
  }

  private FuzzRequest request(String method, String target, FuzzBodies.Body body) {
    List<String> headers = new ArrayList<>();
    if (!body.contentType().isEmpty()) {
      headers.add("Content-Type: " + body.contentType());
    }
    if (values.once(8)) {
      headers.add("Accept: " + values.oneOf(ACCEPTS));
    }
    if (values.once(6)) {
      headers.add("User-Agent: " + values.oneOf(List.of("kubectl/v1.30", "curl/8", "/", "x y z")));
    }
    if (values.once(40)) {
      headers.add(
          values.oneOf(
              List.of(
                  "Content-Encoding: gzip",
                  "Accept-Encoding: gzip",
                  "If-None-Match: \"x\"",
                  "Authorization: Bearer x",
                  "Authorization: Basic eDp5",
                  "Impersonate-User: jane",
                  "Connection: close",
                  "X-Long: " + "z".repeat(5000))));
    }
    String sent = values.once(300) ? target.replaceFirst("[a-z]", "%zz") : target;
    int length = values.once(20) ? -1 : body.text().length();
    boolean lie = length > 0 && values.once(3000);
    return new FuzzRequest(method, sent, headers, body.text(), lie ? length + 5 : length, !lie);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

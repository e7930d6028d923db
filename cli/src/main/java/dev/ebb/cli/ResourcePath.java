package dev.ebb.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where objects stand in the API's URLs.
///
/// @param group empty for the core group
/// @param namespace empty for all namespaces, or for a cluster-scoped kind
/// @param name empty for the collection
public record ResourcePath(
    String group, String version, String plural, String namespace, String name) {
  public static ResourcePath services(String namespace, String name) {
    return new ResourcePath("serving.knative.dev", "v1", "services", namespace, name);
  }

  public static ResourcePath revisions(String namespace) {
    return new ResourcePath("serving.knative.dev", "v1", "revisions", namespace, "");
  }

  public static ResourcePath functions(String namespace, String name) {
    return new ResourcePath("ebb.dev", "v1", "functions", namespace, name);
  }

  public static ResourcePath pods(String namespace) {
    return new ResourcePath("", "v1", "pods", namespace, "");
  }

  static ResourcePath events(String namespace) {
    return new ResourcePath("", "v1", "events", namespace, "");
  }

  public String collection() {
    String root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    return root + (namespace.isEmpty() ? "" : "/namespaces/" + encode(namespace)) + "/" + plural;
  }

  public String object() {
    return collection() + "/" + encode(name);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

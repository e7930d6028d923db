package dev.ebb.apiserver;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A kubeconfig with one cluster, one user and one context, all named `ebb`. It is JSON, which is
/// YAML too.
///
/// @see <a href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/">kubeconfig v1</a>
final class Kubeconfig {
  private static final String NAME = "ebb";

  private Kubeconfig() {}

  static String text(String server, String authorityPem, BearerToken token) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("apiVersion", "v1").put("kind", "Config");
    config
        .putArray("clusters")
        .addObject()
        .put("name", NAME)
        .putObject("cluster")
        .put("server", server)
        .put(
            "certificate-authority-data",
            Base64.getEncoder().encodeToString(authorityPem.getBytes(StandardCharsets.US_ASCII)));
    config
        .putArray("users")
        .addObject()
        .put("name", NAME)
        .putObject("user")
        .put("token", token.secret());
    config
        .putArray("contexts")
        .addObject()
        .put("name", NAME)
        .putObject("context")
        .put("cluster", NAME)
        .put("user", NAME)
        .put("namespace", "default");
    config.put("current-context", NAME);
    return new String(JsonText.write(config, /* pretty= */ true), StandardCharsets.UTF_8) + "\n";
  }
}

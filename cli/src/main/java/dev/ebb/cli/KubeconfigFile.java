package dev.ebb.cli;

import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.YamlReader;
import dev.ebb.kinds.yaml.YamlWriter;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads, writes and merges kubeconfigs, as trees: what is not known is kept. Pure.
///
/// @see <a href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/">kubeconfig v1</a>
final class KubeconfigFile {
  static final String NAME = "ebb";

  private KubeconfigFile() {}

  /// @param file its name, for the message
  /// @throws CliException when it is no kubeconfig
  static ObjectNode parse(String file, String text) {
    List<JsonNode> documents;
    try {
      documents = YamlReader.readAll(text);
    } catch (ManifestException e) {
      throw new CliException("%s: %s".formatted(file, e.getMessage()));
    }
    if (documents.isEmpty() || documents.getFirst().isNull()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (documents.size() == 1 && documents.getFirst() instanceof ObjectNode config) {
      return config;
    }
    throw new CliException("%s is no kubeconfig: it is not one mapping".formatted(file));
  }

  static String text(ObjectNode config) {
    return YamlWriter.write(config);
  }

  /// The same server, for whoever has the token.
  static ObjectNode withToken(ObjectNode config, String token, String namespace) {
    ObjectNode copy = config.deepCopy();
    ((ObjectNode) entry(copy, "users").path("user")).removeAll().put("token", token);
    ((ObjectNode) entry(copy, "contexts").path("context")).put("namespace", namespace);
    return copy;
  }

  /// The config with cluster, user and context `ebb` of the other; the rest as it was.
  ///
  /// @param current whether `ebb` becomes the current context; it does, too, where none is
  static ObjectNode merge(ObjectNode config, ObjectNode ebb, boolean current) {
    ObjectNode merged = config.deepCopy();
    if (!merged.has("apiVersion")) {
      merged.put("apiVersion", "v1");
    }
    if (!merged.has("kind")) {
      merged.put("kind", "Config");
    }
    ObjectNode cluster = part(merged, "clusters", "cluster");
    // The certificate is ours; these would contradict it.
    cluster.remove(List.of("certificate-authority", "insecure-skip-tls-verify"));
    cluster.setAll(part(ebb.deepCopy(), "clusters", "cluster"));
    part(merged, "users", "user").removeAll().setAll(part(ebb.deepCopy(), "users", "user"));
    ObjectNode context = part(merged, "contexts", "context");
    String namespace = context.path("namespace").asString("");
    context.setAll(part(ebb.deepCopy(), "contexts", "context"));
    if (!namespace.isEmpty()) {
      context.put("namespace", namespace);
    }
    if (current || merged.path("current-context").asString("").isEmpty()) {
      merged.put("current-context", NAME);
    }
    return merged;
  }

  private static ObjectNode part(ObjectNode config, String list, String field) {
    ObjectNode entry = entry(config, list);
    return entry.path(field) instanceof ObjectNode present ? present : entry.putObject(field);
  }

  /// The entry named `ebb`; made when it is missing.
  private static ObjectNode entry(ObjectNode config, String list) {
    ArrayNode entries =
        config.path(list) instanceof ArrayNode present ? present : config.putArray(list);
    for (JsonNode entry : entries) {
      if (entry instanceof ObjectNode object && entry.path("name").asString("").equals(NAME)) {
        return object;
      }
    }
    return entries.addObject().put("name", NAME);
  }
}

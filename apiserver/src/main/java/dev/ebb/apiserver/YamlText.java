package dev.ebb.apiserver;

import dev.ebb.kinds.yaml.ManifestException;
import dev.ebb.kinds.yaml.YamlReader;
import dev.ebb.kinds.yaml.YamlWriter;
import dev.ebb.resources.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// YAML as it is read from and written to clients.
final class YamlText {
  private YamlText() {}

  /// @throws ApiException 400 for what is not one document of YAML
  static JsonNode read(byte[] bytes) {
    try {
      List<JsonNode> documents = YamlReader.readAll(new String(bytes, StandardCharsets.UTF_8));
      if (documents.size() != 1) {
        throw ApiException.badRequest(
            "the body must be one document, not %d".formatted(documents.size()));
      }
      return documents.getFirst();
    } catch (ManifestException e) {
      throw ApiException.badRequest("error converting YAML to JSON: yaml: " + e.getMessage());
    }
  }

  static byte[] write(JsonNode node) {
    // By way of its JSON, for the records of managed fields in it are text and not trees.
    JsonNode tree = JsonText.read(JsonText.write(node, /* pretty= */ false));
    return YamlWriter.write(tree).getBytes(StandardCharsets.UTF_8);
  }
}

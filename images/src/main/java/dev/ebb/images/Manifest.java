package dev.ebb.images;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The two JSON documents of a package: OCI image manifest and image configuration, version 1.1.
/// The configuration's labels carry what the runtime must know, so every OCI tool can move a
/// package.
///
/// @param config digest of the configuration
/// @param layer digest of the one layer
record Manifest(String config, String layer) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String ARTIFACT = "application/vnd.ebb.function.v1";
  private static final String LABEL = "dev.ebb.function.";

  byte[] toJson(int configSize, int layerSize) {
    var json = JSON.createObjectNode();
    json.put("schemaVersion", 2).put("mediaType", MANIFEST).put("artifactType", ARTIFACT);
    json.set("config", descriptor(CONFIG, config, configSize));
    json.putArray("layers").add(descriptor(LAYER, layer, layerSize));
    return bytes(json);
  }

  static Manifest parse(String digest, byte[] bytes) {
    var json = read(digest, bytes);
    var layers = json.path("layers");
    if (!json.path("artifactType").asString("").equals(ARTIFACT) || layers.size() != 1) {
      throw new PackageMissingException(digest, "not a function package");
    }
    return new Manifest(
        json.path("config").path("digest").asString(""),
        layers.path(0).path("digest").asString(""));
  }

  static byte[] configToJson(FunctionPackageConfig config, String layerDiffId) {
    var json = JSON.createObjectNode();
    // A package runs wherever its language does; "unknown" is what OCI tools use for "no platform".
    json.put("architecture", "unknown").put("os", "unknown");
    json.putObject("config")
        .putObject("Labels")
        .put(LABEL + "runtime", config.runtime())
        .put(LABEL + "handler", config.handler())
        .put(LABEL + "entrypoint", config.entrypoint());
    json.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(layerDiffId);
    return bytes(json);
  }

  static FunctionPackageConfig parseConfig(String digest, byte[] bytes) {
    var labels = read(digest, bytes).path("config").path("Labels");
    return new FunctionPackageConfig(
        labels.path(LABEL + "runtime").asString(""),
        labels.path(LABEL + "handler").asString(""),
        labels.path(LABEL + "entrypoint").asString(""));
  }

  List<String> blobs() {
    return List.of(config, layer);
  }

  private static ObjectNode descriptor(String mediaType, String digest, int size) {
    return JSON.createObjectNode()
        .put("mediaType", mediaType)
        .put("digest", digest)
        .put("size", size);
  }

  private static byte[] bytes(JsonNode json) {
    return JSON.writeValueAsBytes(json);
  }

  private static JsonNode read(String digest, byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw new PackageMissingException(digest, "not JSON: " + e.getOriginalMessage());
    }
  }
}

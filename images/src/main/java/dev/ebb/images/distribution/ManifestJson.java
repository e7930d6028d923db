package dev.ebb.images.distribution;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads manifests and indexes from strangers: what is not exactly one of both is refused.
final class ManifestJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  static ManifestDocument parse(byte[] bytes, String contentType) {
    if (bytes.length > ManifestDocument.MAXIMUM_BYTES) {
      throw invalid("is larger than " + (ManifestDocument.MAXIMUM_BYTES >> 20) + " MiB");
    }
    var json = read(bytes);
    int schema = json.path("schemaVersion").asInt(0);
    if (schema == 1 || MediaTypes.DOCKER_SCHEMA_1.contains(contentType)) {
      throw invalid(
          "is of Docker's schema 1, which is not supported; push the image again with a tool of"
              + " this decade");
    }
    if (schema != 2) {
      throw invalid("has no 'schemaVersion' 2");
    }
    boolean index = json.path("manifests").isArray();
    boolean manifest = json.path("config").isObject();
    if (index == manifest || (index && json.has("layers"))) {
      throw invalid("is not either an image with 'config' and 'layers' or an index");
    }
    var mediaType = mediaType(json, contentType, index);
    return index ? index(mediaType, json) : manifest(mediaType, json);
  }

  private static String mediaType(JsonNode json, String contentType, boolean index) {
    var own = json.path("mediaType").asString("");
    boolean told = MediaTypes.MANIFESTS.contains(contentType);
    if (told && !own.isEmpty() && !own.equals(contentType)) {
      throw invalid("says it is '" + own + "', its registry that it is '" + contentType + "'");
    }
    var fallback = index ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    var mediaType = !own.isEmpty() ? own : told ? contentType : fallback;
    if (index ? !MediaTypes.isIndex(mediaType) : !MediaTypes.isManifest(mediaType)) {
      throw invalid("is not what its media type '" + mediaType + "' says");
    }
    return mediaType;
  }

  private static ImageIndex index(String mediaType, JsonNode json) {
    List<Descriptor> manifests = new ArrayList<>();
    json.path("manifests").forEach(it -> manifests.add(descriptor(it)));
    return new ImageIndex(mediaType, manifests);
  }

  private static ImageManifest manifest(String mediaType, JsonNode json) {
    if (!json.path("layers").isArray()) {
      throw invalid("has no 'layers'");
    }
    List<Descriptor> layers = new ArrayList<>();
    json.path("layers").forEach(it -> layers.add(descriptor(it)));
    return new ImageManifest(
        mediaType,
        json.path("artifactType").asString(""),
        descriptor(json.path("config")),
        layers,
        annotations(json));
  }

  private static Descriptor descriptor(JsonNode json) {
    var digest = json.path("digest").asString("");
    if (!Digest.isValid(digest)) {
      throw invalid("has the digest '" + shown(digest) + "'; only sha256 is supported");
    }
    var size = json.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong() || size.asLong() < 0) {
      throw invalid("has no size for " + digest);
    }
    return new Descriptor(
        json.path("mediaType").asString(""),
        digest,
        size.asLong(),
        platform(json),
        annotations(json));
  }

  private static Optional<Platform> platform(JsonNode json) {
    var platform = json.path("platform");
    return platform.isObject()
        ? Optional.of(
            new Platform(
                platform.path("os").asString(""),
                platform.path("architecture").asString(""),
                platform.path("variant").asString("")))
        : Optional.empty();
  }

  private static Map<String, String> annotations(JsonNode json) {
    Map<String, String> annotations = new HashMap<>();
    json.path("annotations")
        .properties()
        .forEach(it -> annotations.put(it.getKey(), it.getValue().asString("")));
    return annotations;
  }

  private static JsonNode read(byte[] bytes) {
    try {
      var json = JSON.readTree(bytes);
      if (!json.isObject()) {
        throw invalid("is not a JSON object");
      }
      return json;
    } catch (JacksonException e) {
      throw invalid("is not JSON: " + shown(e.getOriginalMessage()));
    }
  }

  private static ImageException invalid(String what) {
    return new ImageException(Reason.INVALID, "the image's manifest " + what);
  }

  private static String shown(String text) {
    return (text.length() > 120 ? text.substring(0, 117) + "..." : text)
        .replaceAll("\\p{Cntrl}", "?");
  }
}

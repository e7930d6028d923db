package dev.ebb.images.registry;

import dev.ebb.images.distribution.MediaTypes;
import dev.ebb.images.registry.RegistryException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a registry has to know of a manifest or an index: what it refers to. Unlike one that is
/// run, it may be of anything: a chart, a signature, an image for another machine.
///
/// @param blobs its configuration and layers, without those that lie elsewhere by their media type
/// @param manifests of an index
/// @param subject digest of the manifest that it says something about
/// @param artifactType as the list of referrers shows it; empty when there is none
record PushedManifest(
    String mediaType,
    List<Reference> blobs,
    List<Reference> manifests,
    Optional<String> subject,
    String artifactType,
    Map<String, String> annotations) {
  /// Content that a manifest names.
  record Reference(String digest, long size) {}

  /// As much as the specification asks registries to take at least.
  static final int MAXIMUM_BYTES = 4 << 20;

  private static final Set<String> MANIFESTS =
      Set.of(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST);
  private static final Set<String> INDEXES = Set.of(MediaTypes.OCI_INDEX, MediaTypes.DOCKER_LIST);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// @param contentType with which it was pushed; empty when the client did not say
  /// @throws RegistryException with [Problem#MANIFEST_INVALID]
  static PushedManifest parse(byte[] bytes, String contentType) {
    var json = read(bytes);
    if (json.path("schemaVersion").asInt(0) != 2) {
      throw invalid("it has no 'schemaVersion' 2");
    }
    var mediaType = mediaType(json, contentType);
    boolean index = INDEXES.contains(mediaType);
    // What looks like both would be one image for one reader and another for the next.
    if (json.has("manifests") != index || (index && (json.has("layers") || json.has("config")))) {
      throw invalid("it is not what its media type '" + mediaType + "' says");
    }
    List<Reference> blobs = new ArrayList<>();
    List<Reference> manifests = new ArrayList<>();
    if (index) {
      references(json, "manifests").forEach(it -> manifests.add(reference(it)));
    } else {
      blobs.add(reference(json.path("config")));
      for (var layer : references(json, "layers")) {
        var reference = reference(layer);
        if (!liesElsewhere(layer.path("mediaType").asString(""))) {
          blobs.add(reference);
        }
      }
    }
    return new PushedManifest(
        mediaType,
        blobs,
        manifests,
        json.has("subject")
            ? Optional.of(reference(json.path("subject")).digest())
            : Optional.empty(),
        artifactType(json, index),
        annotations(json));
  }

  private static String mediaType(JsonNode json, String contentType) {
    var own = json.path("mediaType").asString("");
    if (!own.isEmpty() && !contentType.isEmpty() && !own.equals(contentType)) {
      throw invalid("it says it is '" + own + "', the request that it is '" + contentType + "'");
    }
    var fallback = json.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    var mediaType = !own.isEmpty() ? own : !contentType.isEmpty() ? contentType : fallback;
    if (!MANIFESTS.contains(mediaType) && !INDEXES.contains(mediaType)) {
      throw invalid("its media type '" + shown(mediaType) + "' is not one of a manifest");
    }
    return mediaType;
  }

  private static JsonNode references(JsonNode json, String field) {
    if (!json.path(field).isArray()) {
      throw invalid("it has no list '" + field + "'");
    }
    return json.path(field);
  }

  private static Reference reference(JsonNode descriptor) {
    var digest = descriptor.path("digest").asString("");
    var size = descriptor.path("size");
    if (!DigestForm.isValid(digest) || !size.isIntegralNumber() || !size.canConvertToLong()) {
      throw invalid("one of its descriptors has no digest or size");
    }
    return new Reference(digest, size.asLong());
  }

  /// Layers that may not be handed on (image specification, "Non-distributable layers").
  private static boolean liesElsewhere(String mediaType) {
    return mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.")
        || mediaType.equals("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  }

  private static String artifactType(JsonNode json, boolean index) {
    var own = json.path("artifactType").asString("");
    return own.isEmpty() && !index ? json.path("config").path("mediaType").asString("") : own;
  }

  private static Map<String, String> annotations(JsonNode json) {
    Map<String, String> annotations = new TreeMap<>();
    json.path("annotations")
        .properties()
        .forEach(it -> annotations.put(it.getKey(), it.getValue().asString("")));
    return annotations;
  }

  private static JsonNode read(byte[] bytes) {
    try {
      var json = JSON.readTree(bytes);
      if (!json.isObject()) {
        throw invalid("it is not a JSON object");
      }
      return json;
    } catch (JacksonException e) {
      throw invalid("it is not JSON: " + shown(e.getOriginalMessage()));
    }
  }

  private static RegistryException invalid(String why) {
    return new RegistryException(Problem.MANIFEST_INVALID, "the manifest is refused: " + why);
  }

  private static String shown(String text) {
    return (text.length() > 120 ? text.substring(0, 117) + "..." : text)
        .replaceAll("\\p{Cntrl}", "?");
  }
}

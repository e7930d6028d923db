package dev.ebb.images.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.ebb.images.Digest;
import dev.ebb.images.distribution.MediaTypes;
import dev.ebb.images.distribution.Platform;
import dev.ebb.images.layers.TarBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// An image as bytes, for tests: blobs by their digests.
public final class ImageFiles {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  public final Map<String, byte[]> blobs = new LinkedHashMap<>();
  public final List<String> layers = new ArrayList<>();
  public final String config;
  public final String manifest;

  public ImageFiles(byte[]... layers) {
    this(Platform.ofThisMachine().architecture(), layers);
  }

  public ImageFiles(String architecture, byte[]... layers) {
    var configJson = JSON.createObjectNode().put("architecture", architecture).put("os", "linux");
    configJson.putObject("config").putArray("Cmd").add("/hello");
    var diffIds = configJson.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    for (var layer : layers) {
      var digest = Digest.of(layer);
      blobs.put(digest, layer);
      this.layers.add(digest);
      diffIds.add(Digest.of(layer));
    }
    config = put(blobs, JSON.writeValueAsBytes(configJson));
    var json =
        JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
    json.putObject("config")
        .put("mediaType", MediaTypes.OCI_CONFIG)
        .put("digest", config)
        .put("size", requireNonNull(blobs.get(config)).length);
    var list = json.putArray("layers");
    for (var layer : this.layers) {
      list.addObject()
          .put("mediaType", LAYER)
          .put("digest", layer)
          .put("size", requireNonNull(blobs.get(layer)).length);
    }
    manifest = put(blobs, JSON.writeValueAsBytes(json));
  }

  private static String put(Map<String, byte[]> blobs, byte[] bytes) {
    var digest = Digest.of(bytes);
    blobs.put(digest, bytes);
    return digest;
  }

  /// One small layer.
  public static ImageFiles of(String content) {
    return new ImageFiles(new TarBytes().file("hello", content).end());
  }

  /// As an OCI layout in an archive.
  ///
  /// @param name for the annotation; empty for none
  public byte[] ociArchive(String name) {
    var tar = new TarBytes().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    blobs.forEach((digest, bytes) -> tar.file("blobs/sha256/" + Digest.hex(digest), bytes));
    var annotation =
        name.isEmpty()
            ? ""
            : ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}".formatted(name);
    return tar.file(
            "index.json",
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}]}"
                .formatted(
                    MediaTypes.OCI_MANIFEST,
                    manifest,
                    requireNonNull(blobs.get(manifest)).length,
                    annotation))
        .end();
  }

  /// As `docker save` writes it, with one of its layers behind a link.
  public byte[] dockerArchive(String... tags) {
    var json = JSON.createArrayNode();
    var image = json.addObject().put("Config", Digest.hex(config) + ".json");
    for (var tag : tags) {
      image.withArray("RepoTags").add(tag);
    }
    var tar = new TarBytes().file(Digest.hex(config) + ".json", requireNonNull(blobs.get(config)));
    for (int i = 0; i < layers.size(); i++) {
      image.withArray("Layers").add("layer-" + i + "/layer.tar");
      tar.file("real/" + i + ".tar", requireNonNull(blobs.get(layers.get(i))));
      tar.symbolicLink("layer-" + i + "/layer.tar", "../real/" + i + ".tar");
    }
    return tar.file("manifest.json", new String(JSON.writeValueAsBytes(json), UTF_8)).end();
  }
}

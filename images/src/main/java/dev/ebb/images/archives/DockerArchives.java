package dev.ebb.images.archives;

import dev.ebb.images.Blobs;
import dev.ebb.images.archives.ArchiveContent.Stored;
import dev.ebb.images.archives.ImageArchive.Image;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.MediaTypes;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The images of what `docker save` writes, by its `manifest.json`. Such an archive has no manifest
/// as registries have them, so one is written here.
///
/// @see <a
///   href="https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format">Docker
///   image specification, "Combined Image JSON + Filesystem Changeset Format"</a>
final class DockerArchives {
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  private DockerArchives() {}

  static List<Image> images(
      JsonNode manifest, ArchiveContent content, Blobs blobs, InstantSource clock)
      throws IOException {
    if (!manifest.isArray()) {
      throw ArchiveContent.invalid("its manifest.json is no list");
    }
    List<Image> images = new ArrayList<>();
    for (var image : manifest) {
      List<ImageReference> names = new ArrayList<>();
      for (var tag : image.path("RepoTags")) {
        names.add(ImageReference.parse(tag.asString("")));
      }
      images.add(new Image(names, blobs.write(manifest(image, content, blobs), clock.instant())));
    }
    return images;
  }

  private static byte[] manifest(JsonNode image, ArchiveContent content, Blobs blobs)
      throws IOException {
    var json = ImageArchive.JSON.createObjectNode();
    json.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
    json.set("config", descriptor(MediaTypes.OCI_CONFIG, file(image.path("Config"), content)));
    var layers = json.putArray("layers");
    for (var name : image.path("Layers")) {
      var layer = file(name, content);
      layers.add(descriptor(LAYER + compression(layer, blobs), layer));
    }
    return ImageArchive.JSON.writeValueAsBytes(json);
  }

  private static Stored file(JsonNode name, ArchiveContent content) {
    return content
        .find(name.asString(""))
        .orElseThrow(
            () -> ArchiveContent.invalid("'%s' is missing in it".formatted(name.asString(""))));
  }

  private static ObjectNode descriptor(String mediaType, Stored stored) {
    return ImageArchive.JSON
        .createObjectNode()
        .put("mediaType", mediaType)
        .put("digest", stored.digest())
        .put("size", stored.size());
  }

  /// By the first bytes, for the archive does not say it.
  private static String compression(Stored layer, Blobs blobs) throws IOException {
    try (var in = blobs.open(layer.digest())) {
      var magic = in.readNBytes(4);
      if (magic.length == 4 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
        return "+gzip";
      }
      boolean zstd =
          magic.length == 4
              && magic[0] == 0x28
              && magic[1] == (byte) 0xb5
              && magic[2] == 0x2f
              && magic[3] == (byte) 0xfd;
      return zstd ? "+zstd" : "";
    }
  }
}

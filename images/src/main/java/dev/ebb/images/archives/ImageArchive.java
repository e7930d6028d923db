package dev.ebb.images.archives;

import dev.ebb.images.Blobs;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads images out of one tar archive, plain or gzipped: an OCI image layout, as `buildah push
/// oci-archive:` and `skopeo copy` write it, or what `docker save` writes. Their blobs are in the
/// content store afterwards, without a name yet.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">OCI image
///   layout</a>
public final class ImageArchive {
  static final JsonMapper JSON = new JsonMapper();

  private ImageArchive() {}

  /// An image of the archive.
  ///
  /// @param names that the archive gives it; empty when it gives none
  /// @param digest of its index or manifest
  public record Image(List<ImageReference> names, String digest) {}

  /// @param name to be given to the only image of the archive, instead of what it says; empty to
  ///   take what it says
  /// @throws ImageException INVALID for anything else and for images without a name,
  ///   DIGEST_MISMATCH, NO_SPACE
  public static List<Image> read(
      InputStream archive, Optional<ImageReference> name, Blobs blobs, InstantSource clock)
      throws IOException {
    var content = ArchiveContent.read(archive, blobs, clock);
    var index = content.document("index.json");
    var manifest = content.document("manifest.json");
    List<Image> images;
    if (index.isPresent()) {
      images = OciLayouts.images(index.get(), content, blobs, clock, name.isPresent());
      if (manifest.isPresent() && images.stream().allMatch(image -> image.names().isEmpty())) {
        // Docker writes both since version 25; its own has the whole names.
        images = DockerArchives.images(json(manifest.get()), content, blobs, clock);
      }
    } else if (manifest.isPresent()) {
      images = DockerArchives.images(json(manifest.get()), content, blobs, clock);
    } else {
      throw ArchiveContent.invalid("it has neither an index.json nor a manifest.json");
    }
    return name.isPresent() ? List.of(renamed(images, name.get())) : named(images);
  }

  private static Image renamed(List<Image> images, ImageReference name) {
    if (images.stream().map(Image::digest).distinct().count() != 1) {
      throw ArchiveContent.invalid(
          "it holds %d images, and one name was given".formatted(images.size()));
    }
    return new Image(List.of(name), images.getFirst().digest());
  }

  private static List<Image> named(List<Image> images) {
    if (images.isEmpty()) {
      throw ArchiveContent.invalid("it holds no image");
    }
    if (images.stream().anyMatch(image -> image.names().isEmpty())) {
      throw ArchiveContent.invalid("it does not say the name of its image; give one with --name");
    }
    return images;
  }

  static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw ArchiveContent.invalid("a document in it is not JSON: " + e.getOriginalMessage());
    }
  }
}

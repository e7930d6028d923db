package dev.ebb.images.archives;

import dev.ebb.images.Blobs;
import dev.ebb.images.archives.ImageArchive.Image;
import dev.ebb.images.distribution.Descriptor;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageIndex;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.ManifestDocument;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The images of an OCI image layout, by its `index.json`.
final class OciLayouts {
  // containerd writes the whole name there, and only the tag where the specification has it.
  private static final String CONTAINERD_NAME = "io.containerd.image.name";
  private static final String NAME = "org.opencontainers.image.ref.name";

  private OciLayouts() {}

  /// @param oneName whether one name for all of it was given
  static List<Image> images(
      byte[] index, ArchiveContent content, Blobs blobs, InstantSource clock, boolean oneName)
      throws IOException {
    if (!(ManifestDocument.parse(index, "") instanceof ImageIndex layout)) {
      throw ArchiveContent.invalid("its index.json is no index");
    }
    for (var descriptor : layout.manifests()) {
      require(content, descriptor);
    }
    if (oneName && layout.manifests().size() > 1) {
      // One image for several platforms, without an index of its own.
      return List.of(new Image(List.of(), blobs.write(index, clock.instant())));
    }
    List<Image> images = new ArrayList<>();
    for (var descriptor : layout.manifests()) {
      images.add(
          new Image(
              name(descriptor.annotations()).map(List::of).orElse(List.of()), descriptor.digest()));
    }
    return images;
  }

  private static void require(ArchiveContent content, Descriptor descriptor) {
    var name = "blobs/" + descriptor.digest().replace(':', '/');
    if (content.find(name).isEmpty()) {
      throw ArchiveContent.invalid("%s is missing in it".formatted(name));
    }
  }

  /// Only a whole name counts: a tag alone names no image.
  private static Optional<ImageReference> name(Map<String, String> annotations) {
    var text = annotations.getOrDefault(CONTAINERD_NAME, annotations.getOrDefault(NAME, ""));
    if (!text.contains("/") && !text.contains(":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(ImageReference.parse(text));
    } catch (ImageException e) {
      return Optional.empty();
    }
  }
}

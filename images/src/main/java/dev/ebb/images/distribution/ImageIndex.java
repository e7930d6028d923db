package dev.ebb.images.distribution;

import dev.ebb.images.distribution.ImageException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The same image for several platforms: an OCI image index or Docker's manifest list.
///
/// @param manifests in the order of preference
public record ImageIndex(String mediaType, List<Descriptor> manifests) implements ManifestDocument {
  public ImageIndex {
    manifests = List.copyOf(manifests);
  }

  /// The first that this machine runs; else the first that does not say what it is for, which its
  /// configuration then must.
  ///
  /// @throws ImageException with [Reason#WRONG_PLATFORM] and the platforms that there are
  public Descriptor choose(Platform machine) {
    return manifests.stream()
        .filter(ImageIndex::isImage)
        .filter(it -> it.platform().filter(machine::runs).isPresent())
        .findFirst()
        .or(this::unsaid)
        .orElseThrow(() -> wrongPlatform(machine));
  }

  private Optional<Descriptor> unsaid() {
    return manifests.stream()
        .filter(ImageIndex::isImage)
        .filter(it -> it.platform().isEmpty())
        .findFirst();
  }

  private static boolean isImage(Descriptor entry) {
    return MediaTypes.isManifest(entry.mediaType()) || MediaTypes.isIndex(entry.mediaType());
  }

  private ImageException wrongPlatform(Platform machine) {
    var offered =
        manifests.stream()
            .flatMap(it -> it.platform().stream())
            // What builders attach to an image (signatures, provenance) is of no platform.
            .filter(it -> !it.os().equals("unknown"))
            .map(Platform::toString)
            .distinct()
            .limit(20)
            .collect(Collectors.joining(", "));
    return new ImageException(
        Reason.WRONG_PLATFORM,
        "no matching manifest for "
            + machine
            + " in the manifest list entries"
            + (offered.isEmpty() ? "" : "; it has " + offered));
  }
}

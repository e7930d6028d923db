package dev.ebb.images.containers;

import dev.ebb.images.Blobs;
import dev.ebb.images.PackageMissingException;
import dev.ebb.images.distribution.Descriptor;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageException.Reason;
import dev.ebb.images.distribution.ImageIndex;
import dev.ebb.images.distribution.ImageManifest;
import dev.ebb.images.distribution.ManifestDocument;
import dev.ebb.images.distribution.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Images as far as they are in the content store.
final class LocalManifests {
  private final Blobs blobs;
  private final InstantSource clock;

  LocalManifests(Blobs blobs, InstantSource clock) {
    this.blobs = blobs;
    this.clock = clock;
  }

  /// @param digest of the manifest itself
  record Found(String digest, ImageManifest manifest) {}

  /// The manifest for this machine that a digest leads to, if all that it needs is here. What is
  /// found is claimed: no collector deletes it before it has a name or a hold.
  ///
  /// @throws ImageException WRONG_PLATFORM or INVALID
  Optional<Found> find(String digest) {
    try {
      var found = manifest(digest, 0);
      if (found.isEmpty() || !isWhole(found.get().manifest())) {
        return Optional.empty();
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the manifest or index itself is here.
  boolean has(String digest) {
    return blobs.has(digest);
  }

  ImageConfig config(ImageManifest manifest) {
    try {
      return ImageConfig.parse(blobs.read(manifest.config().digest()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Digests of everything that a manifest or index leads to, as far as it is here.
  Set<String> reachable(String digest) {
    Set<String> all = new HashSet<>();
    try {
      reach(digest, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /// In bytes, of the blobs of this machine's platform; 0 when it is not here.
  long size(String digest) {
    return findQuietly(digest)
        .map(found ->
            found.manifest().config().size()
                + found.manifest().layers().stream().mapToLong(Descriptor::size).sum())
        .orElse(0L);
  }

  private Optional<Found> findQuietly(String digest) {
    try {
      return manifest(digest, 0);
    } catch (IOException | ImageException e) {
      return Optional.empty();
    }
  }

  private Optional<Found> manifest(String digest, int depth) throws IOException {
    if (depth > 4) {
      throw new ImageException(Reason.INVALID, "the image's indexes are nested too deep");
    }
    if (!blobs.claim(digest, clock.instant())) {
      return Optional.empty();
    }
    return switch (ManifestDocument.parse(blobs.read(digest), "")) {
      case ImageManifest manifest -> Optional.of(new Found(digest, manifest));
      case ImageIndex index -> manifest(index.choose(Platform.ofThisMachine()).digest(), depth + 1);
    };
  }

  private boolean isWhole(ImageManifest manifest) throws IOException {
    var now = clock.instant();
    if (!blobs.claim(manifest.config().digest(), now)) {
      return false;
    }
    for (var layer : manifest.layers()) {
      if (!blobs.claim(layer.digest(), now) || blobs.size(layer.digest()) != layer.size()) {
        return false;
      }
    }
    return true;
  }

  private void reach(String digest, Set<String> all) throws IOException {
    if (!blobs.has(digest) || !all.add(digest)) {
      return;
    }
    ManifestDocument document;
    try {
      document = ManifestDocument.parse(blobs.read(digest), "");
    } catch (ImageException | PackageMissingException e) {
      return; // No manifest, or damaged: it leads nowhere.
    }
    switch (document) {
      case ImageManifest manifest -> {
        all.add(manifest.config().digest());
        manifest.layers().forEach(layer -> all.add(layer.digest()));
      }
      case ImageIndex index -> {
        for (var entry : index.manifests()) {
          reach(entry.digest(), all);
        }
      }
    }
  }
}

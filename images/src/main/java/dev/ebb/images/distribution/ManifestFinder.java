package dev.ebb.images.distribution;

import dev.ebb.images.Blobs;
import dev.ebb.images.PackageMissingException;
import dev.ebb.images.distribution.ImageException.Reason;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Finds the manifest of this machine's platform, in the store or at the registry.
final class ManifestFinder {
  /// @param documents bytes on the way to the manifest, itself the last; not all are in the store
  record Found(PulledImage image, List<byte[]> documents) {}

  // An index may name an index; more than a few are a joke.
  private static final int DEPTH = 3;

  private final Blobs blobs;
  private final Platform machine;
  private final InstantSource clock;

  ManifestFinder(Blobs blobs, Platform machine, InstantSource clock) {
    this.blobs = blobs;
    this.machine = machine;
    this.clock = clock;
  }

  Found find(RemoteImage remote) throws IOException, InterruptedException {
    List<byte[]> documents = new ArrayList<>();
    var named = "";
    var version = remote.image().version();
    for (int depth = 0; depth < DEPTH; depth++) {
      var fetched = fetch(remote, version);
      documents.add(fetched.bytes());
      named = named.isEmpty() ? fetched.digest() : named;
      switch (parse(remote.image(), fetched)) {
        case ImageManifest manifest -> {
          return new Found(new PulledImage(named, fetched.digest(), manifest), documents);
        }
        case ImageIndex index -> version = choose(remote.image(), index);
      }
    }
    throw new ImageException(
        Reason.INVALID, remote.image() + ": its index leads to no image after " + DEPTH + " steps");
  }

  private RemoteImage.Fetched fetch(RemoteImage remote, String version)
      throws IOException, InterruptedException {
    if (version.startsWith("sha256:") && blobs.claim(version, clock.instant())) {
      try {
        return new RemoteImage.Fetched(version, blobs.read(version), "");
      } catch (PackageMissingException e) {
        blobs.delete(version);
      }
    }
    return remote.manifest(version);
  }

  private String choose(ImageReference image, ImageIndex index) {
    try {
      return index.choose(machine).digest();
    } catch (ImageException e) {
      throw named(image, e);
    }
  }

  private static ManifestDocument parse(ImageReference image, RemoteImage.Fetched fetched) {
    try {
      return ManifestDocument.parse(fetched.bytes(), fetched.contentType());
    } catch (ImageException e) {
      throw named(image, e);
    }
  }

  private static ImageException named(ImageReference image, ImageException e) {
    return new ImageException(e.reason(), image + ": " + e.getMessage(), e);
  }
}

package dev.ebb.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/// The function packages of this machine: an OCI image layout of content-addressed blobs, and the
/// unpacked files beside it.
///
/// ```
/// var digest = packages.store(new FunctionPackageConfig("python", "", "handler.py"), files);
/// var root = packages.open(digest).root();
/// ```
///
/// Thread-safe within one process; the owner of the directory holds the data directory's lock.
/// Failures of the file system are [UncheckedIOException].
public final class FunctionPackages {
  private final InstantSource clock;
  private final Blobs blobs;
  private final Unpacked unpacked;

  public FunctionPackages(Path directory) {
    this(directory, blobs(directory), InstantSource.system());
  }

  /// @param blobs shared with whatever else stores content in this directory
  public FunctionPackages(Path directory, Blobs blobs) {
    this(directory, blobs, InstantSource.system());
  }

  FunctionPackages(Path directory, InstantSource clock) {
    this(directory, blobs(directory), clock);
  }

  private FunctionPackages(Path directory, Blobs blobs, InstantSource clock) {
    this.clock = clock;
    this.blobs = blobs;
    try {
      unpacked = new Unpacked(directory, Unpacked.bootId());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stores files under relative paths, on the disk before it returns. Idempotent: the same
  /// configuration and files have the same digest.
  ///
  /// @return digest of the manifest, `sha256:...`
  /// @throws PackageInvalidException for a path that leaves the root, too many or too large files
  public synchronized String store(FunctionPackageConfig config, Map<String, byte[]> files) {
    check(config, files);
    try {
      var tar = new ByteArrayOutputStream();
      TarWriter.write(files, tar);
      var gzip = new ByteArrayOutputStream();
      try (var out = new GZIPOutputStream(gzip)) {
        tar.writeTo(out);
      }
      var layer = gzip.toByteArray();
      var configJson = Manifest.configToJson(config, Digest.of(tar.toByteArray()));
      var now = clock.instant();
      var manifest = new Manifest(blobs.write(configJson, now), blobs.write(layer, now));
      // Last, so that a manifest never names what is not there.
      return blobs.write(manifest.toJson(configJson.length, layer.length), now);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The package with its files, which are unpacked when this boot sees it first.
  ///
  /// @throws PackageMissingException when it is not here or its bytes are damaged
  public synchronized FunctionPackage open(String digest) {
    try {
      var manifest = Manifest.parse(digest, blobs.read(digest));
      var config = Manifest.parseConfig(digest, blobs.read(manifest.config()));
      var root = unpacked.path(digest);
      if (!Files.isDirectory(root)) {
        unpacked.unpack(digest, blobs.read(manifest.layer()));
      }
      return new FunctionPackage(digest, config, root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The blobs that packages are made of. A digest that is not here is ignored.
  ///
  /// @throws PackageMissingException when a package is damaged
  public Set<String> blobs(Set<String> digests) {
    try {
      var named = new HashSet<String>();
      for (var digest : digests) {
        if (blobs.has(digest)) {
          named.add(digest);
          named.addAll(Manifest.parse(digest, blobs.read(digest)).blobs());
        }
      }
      return named;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Deletes the unpacked files of packages that are not in the store any more.
  public synchronized void retainUnpacked() {
    try {
      unpacked.retain(blobs::has);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Blobs blobs(Path directory) {
    try {
      return new Blobs(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(FunctionPackageConfig config, Map<String, byte[]> files) {
    if (files.isEmpty()) {
      throw new PackageInvalidException("a package has at least one file");
    }
    PackagePaths.check(files.keySet());
    if (!config.entrypoint().isEmpty()) {
      PackagePaths.check(config.entrypoint());
    }
    var limits = new PackageLimits();
    files.values().forEach(content -> limits.add(content.length));
  }
}

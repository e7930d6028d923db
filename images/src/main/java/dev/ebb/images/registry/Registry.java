package dev.ebb.images.registry;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.distribution.ImageReference;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The built-in registry: what was pushed, in repositories over the one content store.
///
/// ```java
/// var registry = new Registry(directory, blobs, clock);
/// var id = registry.uploads().begin(repository);
/// registry.uploads().finish(repository, id, UploadChunk.of(bytes), digest);
/// ```
///
/// Thread-safe. Refusals are [RegistryException]; failures of the file system are
/// [java.io.UncheckedIOException].
public final class Registry {
  private static final Logger LOG = System.getLogger(Registry.class.getName());

  /// How long a blob may wait for the manifest that refers to it.
  private static final Duration BLOB_AGE = Duration.ofHours(24);

  private final InstantSource clock;
  private final UploadLimits limits;
  private final RepositoryFiles files;
  private final RepositoryBlobs layers;
  private final RepositoryManifests manifests;
  private final UnnamedManifests unnamed;
  private final Uploads uploads;

  /// @param directory of images, on the file system of the blobs
  public Registry(Path directory, Blobs blobs, InstantSource clock) {
    this(directory, blobs, clock, UploadLimits.DEFAULT);
  }

  Registry(Path directory, Blobs blobs, InstantSource clock, UploadLimits limits) {
    this.clock = clock;
    this.limits = limits;
    files = new RepositoryFiles(directory.resolve("repositories"));
    layers = new RepositoryBlobs(blobs, files, clock);
    manifests = new RepositoryManifests(blobs, layers, files, clock);
    unnamed = new UnnamedManifests(manifests, files);
    uploads = new Uploads(directory.resolve("uploads"), blobs, files, clock, limits);
  }

  public Uploads uploads() {
    return uploads;
  }

  public RepositoryBlobs blobs() {
    return layers;
  }

  public RepositoryManifests manifests() {
    return manifests;
  }

  /// The repositories, sorted by name.
  ///
  /// @param visible which of them are wanted
  /// @param after see [Page#of]
  public Page<Repository> repositories(Predicate<Repository> visible, String after, int count) {
    return Page.of(files.repositories().stream().filter(visible), Repository::name, after, count);
  }

  /// The digest of the manifest that a reference of the host [RegistryNames#HOST] means.
  public Optional<String> find(ImageReference reference) {
    return manifests.find(new Repository(reference.repository()), reference.version());
  }

  /// All that the repositories have, which a collection of the content store must leave.
  public Set<String> digests() {
    Set<String> digests = new HashSet<>();
    for (var repository : files.repositories()) {
      files.names(repository, RepositoryFiles.BLOBS).forEach(it -> digests.add("sha256:" + it));
      files.names(repository, RepositoryFiles.MANIFESTS).forEach(it -> digests.add("sha256:" + it));
    }
    return digests;
  }

  /// Ends uploads that were given up, and takes blobs out of repositories that no manifest there
  /// refers to. The bytes go with the next collection of the content store.
  public void collect() {
    var now = clock.instant();
    uploads.collect(now.minus(limits.idleAge()));
    for (var repository : files.repositories()) {
      try {
        collectBlobs(repository, now.minus(BLOB_AGE));
        files.removeEmpty(repository);
      } catch (RegistryException e) {
        // What a damaged manifest refers to is not known, so all of its repository stays.
        LOG.log(Level.WARNING, "cannot collect old blobs of the repository " + repository, e);
      }
    }
  }

  /// Takes manifests out that nothing names: without a tag, also through an index or as a referrer,
  /// or in a repository whose namespace is gone. Their blobs go with [#collect].
  ///
  /// @param namespaces that are there; repositories of one part belong to none
  /// @param used digests that objects of the API name: they stay
  /// @param before what was pushed, pulled or lost its tag later stays
  /// @return what is gone, `registry.ebb.dev/REPOSITORY@DIGEST`
  public List<String> collectUnnamed(
      Predicate<String> namespaces, Set<String> used, Instant before) {
    List<String> gone = new ArrayList<>();
    for (var repository : files.repositories()) {
      boolean ownerless = repository.namespace().filter(namespaces.negate()).isPresent();
      try {
        unnamed
            .collect(repository, ownerless, used, before)
            .forEach(digest -> gone.add(RegistryNames.HOST + "/" + repository + "@" + digest));
      } catch (RegistryException e) {
        LOG.log(Level.WARNING, "cannot collect manifests of the repository " + repository, e);
      }
    }
    return gone;
  }

  private void collectBlobs(Repository repository, Instant before) {
    var needed = blobsOfManifests(repository);
    for (var blob : files.names(repository, RepositoryFiles.BLOBS)) {
      if (!needed.contains(blob)) {
        files.removeIfOlder(repository, RepositoryFiles.BLOBS, blob, before);
      }
    }
  }

  private Set<String> blobsOfManifests(Repository repository) {
    Set<String> needed = new HashSet<>();
    for (var hex : files.names(repository, RepositoryFiles.MANIFESTS)) {
      var stored = manifests.read(repository, "sha256:" + hex);
      PushedManifest.parse(stored.bytes(), stored.mediaType())
          .blobs()
          .forEach(it -> needed.add(Digest.hex(it.digest())));
    }
    return needed;
  }
}

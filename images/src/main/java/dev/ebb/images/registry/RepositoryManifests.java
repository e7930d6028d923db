package dev.ebb.images.registry;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.PackageMissingException;
import dev.ebb.images.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The manifests of each repository, with their tags and referrers. Thread-safe.
public final class RepositoryManifests {
  /// Of one manifest.
  public static final int MAXIMUM_BYTES = PushedManifest.MAXIMUM_BYTES;

  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  private final Blobs blobs;
  private final RepositoryBlobs layers;
  private final RepositoryFiles files;
  private final InstantSource clock;

  RepositoryManifests(
      Blobs blobs, RepositoryBlobs layers, RepositoryFiles files, InstantSource clock) {
    this.blobs = blobs;
    this.layers = layers;
    this.files = files;
    this.clock = clock;
  }

  /// What was stored.
  ///
  /// @param tags those that name it now
  /// @param subject that it refers to
  public record Stored(String digest, Set<String> tags, Optional<String> subject) {}

  /// Stores a manifest of which all is here already.
  ///
  /// @param reference its tag or its digest
  /// @param furtherTags besides
  /// @param contentType with which it was pushed; empty when the client did not say
  public Stored put(
      Repository repository,
      String reference,
      List<String> furtherTags,
      String contentType,
      byte[] bytes) {
    if (bytes.length > PushedManifest.MAXIMUM_BYTES) {
      throw new RegistryException(
          Problem.MANIFEST_TOO_LARGE,
          "a manifest has at most %d bytes".formatted(PushedManifest.MAXIMUM_BYTES));
    }
    var digest = Digest.of(bytes);
    Set<String> tags = new LinkedHashSet<>();
    if (!isDigest(reference)) {
      tags.add(reference);
    } else if (!reference.equals(digest)) {
      throw new RegistryException(
          Problem.DIGEST_INVALID, "the digest of the manifest is " + digest);
    }
    tags.addAll(furtherTags);
    tags.forEach(RepositoryManifests::checkTag);
    var manifest = PushedManifest.parse(bytes, contentType);
    checkReferences(repository, manifest);
    store(repository, digest, manifest, bytes);
    for (var tag : tags) {
      keepForAWhile(repository, tag);
      files.write(repository, RepositoryFiles.TAGS, tag, digest, clock.instant());
    }
    return new Stored(digest, tags, manifest.subject());
  }

  /// Whoever gets a manifest may go on to need it, so it is young again for a collection.
  ///
  /// @param reference tag or digest
  /// @throws RegistryException with [Problem#MANIFEST_UNKNOWN]
  public StoredManifest get(Repository repository, String reference) {
    var manifest = read(repository, reference);
    files.touch(
        repository, RepositoryFiles.MANIFESTS, Digest.hex(manifest.digest()), clock.instant());
    return manifest;
  }

  /// As [#get], but only to look at it.
  StoredManifest read(Repository repository, String reference) {
    var digest = digest(repository, reference);
    var mediaType =
        files
            .read(repository, RepositoryFiles.MANIFESTS, Digest.hex(digest))
            .orElseThrow(() -> unknown(repository, reference));
    try {
      return new StoredManifest(digest, mediaType, blobs.read(digest));
    } catch (PackageMissingException e) {
      throw unknown(repository, reference);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The digest that a tag names; a digest that is here is given back.
  public Optional<String> find(Repository repository, String reference) {
    Optional<String> digest =
        isDigest(reference)
            ? Optional.of(reference)
            : TAG.matcher(reference).matches()
                ? files.read(repository, RepositoryFiles.TAGS, reference)
                : Optional.empty();
    return digest
        .filter(Digest::isValid)
        .filter(
            it -> files.read(repository, RepositoryFiles.MANIFESTS, Digest.hex(it)).isPresent());
  }

  /// Removes a tag; or by its digest a manifest with all its tags.
  ///
  /// @throws RegistryException with [Problem#MANIFEST_UNKNOWN]
  public void delete(Repository repository, String reference) {
    if (!isDigest(reference)) {
      checkTag(reference);
      keepForAWhile(repository, reference);
      if (!files.remove(repository, RepositoryFiles.TAGS, reference)) {
        throw unknown(repository, reference);
      }
      return;
    }
    var manifest = get(repository, reference);
    for (var tag : files.names(repository, RepositoryFiles.TAGS)) {
      if (files.read(repository, RepositoryFiles.TAGS, tag).filter(reference::equals).isPresent()) {
        files.remove(repository, RepositoryFiles.TAGS, tag);
      }
    }
    files.remove(repository, RepositoryFiles.MANIFESTS, Digest.hex(reference));
    PushedManifest.parse(manifest.bytes(), manifest.mediaType())
        .subject()
        .filter(Digest::isValid)
        .ifPresent(it -> files.remove(repository, referrers(it), Digest.hex(reference)));
  }

  /// The tags, sorted.
  ///
  /// @param after see [Page#of]
  /// @throws RegistryException with [Problem#NAME_UNKNOWN]
  public Page<String> tags(Repository repository, String after, int count) {
    if (!files.exists(repository)) {
      throw new RegistryException(
          Problem.NAME_UNKNOWN, "nothing was pushed to " + repository + " yet");
    }
    return Page.of(files.names(repository, RepositoryFiles.TAGS).stream(), it -> it, after, count);
  }

  /// The manifests whose subject is `subject`, which itself need not be there, sorted by digest.
  ///
  /// @param artifactType only of this type; empty for all
  /// @param after digest that the last page ended with
  public Page<Referrer> referrers(
      Repository repository, String subject, String artifactType, String after, int count) {
    if (!DigestForm.isValid(subject)) {
      throw new RegistryException(
          Problem.DIGEST_INVALID, "a digest is an algorithm, ':' and digits");
    }
    if (!Digest.isValid(subject)) {
      return new Page<>(List.of(), false);
    }
    var all =
        files.names(repository, referrers(subject)).stream()
            .map(it -> "sha256:" + it)
            .filter(it -> after.isEmpty() || it.compareTo(after) > 0)
            .flatMap(it -> referrer(repository, it).stream())
            .filter(it -> artifactType.isEmpty() || it.artifactType().equals(artifactType));
    return Page.of(all, Referrer::digest, after, count);
  }

  static boolean isDigest(String reference) {
    return reference.indexOf(':') >= 0;
  }

  private void checkReferences(Repository repository, PushedManifest manifest) {
    for (var blob : manifest.blobs()) {
      checkSize(blob, sizeOfBlob(repository, blob.digest()));
    }
    for (var child : manifest.manifests()) {
      if (find(repository, child.digest()).isEmpty()) {
        throw missing(repository, "manifest", child.digest());
      }
      checkSize(child, get(repository, child.digest()).bytes().length);
    }
  }

  private long sizeOfBlob(Repository repository, String digest) {
    try {
      return layers.size(repository, digest);
    } catch (RegistryException e) {
      throw missing(repository, "blob", digest);
    }
  }

  private static void checkSize(PushedManifest.Reference reference, long actual) {
    if (reference.size() != actual) {
      throw new RegistryException(
          Problem.MANIFEST_INVALID,
          "the manifest is refused: %s has %d bytes, not %d"
              .formatted(reference.digest(), actual, reference.size()));
    }
  }

  private void store(Repository repository, String digest, PushedManifest manifest, byte[] bytes) {
    var now = clock.instant();
    try {
      blobs.write(bytes, now);
    } catch (IOException e) {
      throw DiskFull.or(e);
    }
    manifest
        .subject()
        .filter(Digest::isValid)
        .ifPresent(it -> files.write(repository, referrers(it), Digest.hex(digest), "", now));
    files.write(
        repository, RepositoryFiles.MANIFESTS, Digest.hex(digest), manifest.mediaType(), now);
  }

  private Optional<Referrer> referrer(Repository repository, String digest) {
    // A crash may have left the note of a manifest that was never stored.
    return find(repository, digest)
        .map(it -> read(repository, it))
        .map(stored -> {
          var manifest = PushedManifest.parse(stored.bytes(), stored.mediaType());
          return new Referrer(
              stored.mediaType(),
              digest,
              stored.bytes().length,
              manifest.artifactType(),
              manifest.annotations());
        });
  }

  private String digest(Repository repository, String reference) {
    if (!isDigest(reference)) {
      checkTag(reference);
    }
    return find(repository, reference).orElseThrow(() -> unknown(repository, reference));
  }

  /// A manifest that loses a tag may be old already, and may be wanted again.
  private void keepForAWhile(Repository repository, String tag) {
    files
        .read(repository, RepositoryFiles.TAGS, tag)
        .filter(Digest::isValid)
        .ifPresent(digest ->
            files.touch(
                repository, RepositoryFiles.MANIFESTS, Digest.hex(digest), clock.instant()));
  }

  static String referrers(String subject) {
    return RepositoryFiles.REFERRERS + "/" + Digest.hex(subject);
  }

  private static void checkTag(String tag) {
    if (!TAG.matcher(tag).matches()) {
      throw new RegistryException(
          Problem.TAG_INVALID, "a tag is 1 to 128 letters, digits, '_', '.' and '-'");
    }
  }

  private static RegistryException unknown(Repository repository, String reference) {
    return new RegistryException(
        Problem.MANIFEST_UNKNOWN, "%s has no manifest %s".formatted(repository, reference));
  }

  private static RegistryException missing(Repository repository, String what, String digest) {
    return new RegistryException(
        Problem.MANIFEST_BLOB_UNKNOWN, "%s has no %s %s".formatted(repository, what, digest));
  }
}

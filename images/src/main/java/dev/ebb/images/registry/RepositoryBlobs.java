package dev.ebb.images.registry;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;

/// The blobs that each repository has. The bytes are shared by all of them, but who may read one
/// repository learns nothing of what another has. Thread-safe.
public final class RepositoryBlobs {
  private final Blobs blobs;
  private final RepositoryFiles files;
  private final InstantSource clock;

  RepositoryBlobs(Blobs blobs, RepositoryFiles files, InstantSource clock) {
    this.blobs = blobs;
    this.files = files;
    this.clock = clock;
  }

  /// In bytes. A client that asks may go on to push a manifest which needs it, so it is kept for a
  /// while from here on.
  ///
  /// @throws RegistryException with [Problem#BLOB_UNKNOWN]
  public long size(Repository repository, String digest) {
    try {
      if (!has(repository, digest)) {
        throw unknown(repository, digest);
      }
      return blobs.size(digest);
    } catch (NoSuchFileException e) {
      throw unknown(repository, digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The bytes from the one at `offset` on.
  ///
  /// @throws RegistryException with [Problem#BLOB_UNKNOWN]
  public InputStream open(Repository repository, String digest, long offset) {
    size(repository, digest);
    try {
      var bytes = blobs.open(digest);
      try {
        bytes.skipNBytes(offset);
        return bytes;
      } catch (IOException e) {
        bytes.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw unknown(repository, digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives a blob of one repository to another.
  ///
  /// @return false when the first has no such blob
  public boolean mount(Repository from, Repository to, String digest) {
    if (!has(from, digest)) {
      return false;
    }
    files.write(to, RepositoryFiles.BLOBS, Digest.hex(digest), "", clock.instant());
    return true;
  }

  /// Takes the blob out of the repository; its bytes are collected when nobody else has them.
  ///
  /// @throws RegistryException with [Problem#BLOB_UNKNOWN]
  public void delete(Repository repository, String digest) {
    if (!Digest.isValid(digest)
        || !files.remove(repository, RepositoryFiles.BLOBS, Digest.hex(digest))) {
      throw unknown(repository, digest);
    }
  }

  private boolean has(Repository repository, String digest) {
    var now = clock.instant();
    try {
      return Digest.isValid(digest)
          && files.touch(repository, RepositoryFiles.BLOBS, Digest.hex(digest), now)
          && blobs.claim(digest, now);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RegistryException unknown(Repository repository, String digest) {
    return new RegistryException(
        Problem.BLOB_UNKNOWN, "%s has no blob %s".formatted(repository, digest));
  }
}

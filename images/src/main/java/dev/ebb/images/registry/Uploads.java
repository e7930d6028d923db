package dev.ebb.images.registry;

import dev.ebb.images.Blobs;
import dev.ebb.images.Digest;
import dev.ebb.images.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Blobs on their way in. Each upload has an id and two files, `ID` with its bytes and
/// `ID.repository`; it goes on after its client was cut off and after a restart of the server.
/// Thread-safe; a blocked client blocks its own upload only.
public final class Uploads {
  private static final String REPOSITORY = ".repository";

  private final Path directory;
  private final Blobs blobs;
  private final RepositoryFiles files;
  private final InstantSource clock;
  private final UploadLimits limits;
  private final Map<String, Upload> open = new ConcurrentHashMap<>();

  /// @param directory on the file system of the blobs
  Uploads(
      Path directory,
      Blobs blobs,
      RepositoryFiles files,
      InstantSource clock,
      UploadLimits limits) {
    this.directory = directory;
    this.blobs = blobs;
    this.files = files;
    this.clock = clock;
    this.limits = limits;
    try {
      Files.createDirectories(directory);
      findThoseOfEarlierServers();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return its id, a UUID
  /// @throws RegistryException with [Problem#TOO_MANY_UPLOADS]
  public String begin(Repository repository) {
    var id = UUID.randomUUID().toString();
    synchronized (this) {
      if (open.size() >= limits.open()) {
        collect(clock.instant().minus(limits.contestedAge()));
      }
      if (open.size() >= limits.open()) {
        throw new RegistryException(
            Problem.TOO_MANY_UPLOADS,
            "%d uploads are open, which is the most; try again".formatted(limits.open()));
      }
      try {
        Files.writeString(directory.resolve(id + REPOSITORY), repository.name());
        var file = Files.createFile(directory.resolve(id));
        open.put(id, new Upload(repository, file, clock.instant()));
      } catch (IOException e) {
        delete(id);
        throw DiskFull.or(e);
      }
    }
    return id;
  }

  /// How many bytes of it are here.
  ///
  /// @throws RegistryException with [Problem#UPLOAD_UNKNOWN]
  public long size(Repository repository, String id) {
    return find(repository, id).size();
  }

  /// @return how many bytes of it are here now
  /// @throws RegistryException with [Problem#UPLOAD_OUT_OF_ORDER], [Problem#SIZE_INVALID], after
  ///   both of which the upload is as before, or [Problem#NO_SPACE], after which it is gone
  public long append(Repository repository, String id, UploadChunk chunk) {
    var upload = find(repository, id);
    return upload.alone(
        clock.instant(),
        () -> {
          appendOrEnd(id, upload, chunk);
          return upload.size();
        });
  }

  /// Appends the last bytes, which may be none, and makes all of it a blob of the repository.
  ///
  /// @throws RegistryException as [#append], or with [Problem#DIGEST_INVALID], after which the
  ///   upload is gone if it was for the bytes
  public void finish(Repository repository, String id, UploadChunk last, String digest) {
    var upload = find(repository, id);
    if (!Digest.isValid(digest)) {
      throw new RegistryException(
          Problem.DIGEST_INVALID, "a digest is 'sha256:' and 64 hexadecimal digits");
    }
    upload.alone(
        clock.instant(),
        () -> {
          appendOrEnd(id, upload, last);
          var actual = upload.digest();
          if (!actual.equals(digest)) {
            end(id, upload);
            throw new RegistryException(
                Problem.DIGEST_INVALID,
                "the digest of the %d bytes that came is %s".formatted(upload.size(), actual));
          }
          store(repository, id, upload, digest);
          return upload;
        });
  }

  public void cancel(Repository repository, String id) {
    var upload = find(repository, id);
    upload.alone(
        clock.instant(),
        () -> {
          end(id, upload);
          return upload;
        });
  }

  public int open() {
    return open.size();
  }

  /// Ends the uploads that nothing came to since then.
  void collect(Instant before) {
    open.forEach((id, upload) -> {
      if (upload.isIdleSince(before)) {
        try {
          upload.alone(
              clock.instant(),
              () -> {
                end(id, upload);
                return upload;
              });
        } catch (RegistryException e) {
          // Its client came back, or ended it, at this very moment.
          return;
        }
      }
    });
  }

  static RegistryException unknown() {
    return new RegistryException(Problem.UPLOAD_UNKNOWN, "there is no such upload; begin again");
  }

  private Upload find(Repository repository, String id) {
    var upload = open.get(id);
    if (upload == null || !upload.repository().equals(repository)) {
      throw unknown();
    }
    return upload;
  }

  private void appendOrEnd(String id, Upload upload, UploadChunk chunk) {
    try {
      upload.append(chunk);
    } catch (RegistryException e) {
      if (e.problem() == Problem.NO_SPACE) {
        end(id, upload); // What it took is needed more elsewhere.
      }
      throw e;
    }
  }

  private void store(Repository repository, String id, Upload upload, String digest) {
    try {
      var now = clock.instant();
      blobs.adopt(upload.file(), digest, now);
      files.write(repository, RepositoryFiles.BLOBS, Digest.hex(digest), "", now);
    } catch (IOException e) {
      throw DiskFull.or(e);
    } finally {
      end(id, upload);
    }
  }

  private void end(String id, Upload upload) {
    upload.end();
    open.remove(id);
    delete(id);
  }

  private void delete(String id) {
    try {
      Files.deleteIfExists(directory.resolve(id));
      Files.deleteIfExists(directory.resolve(id + REPOSITORY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void findThoseOfEarlierServers() throws IOException {
    try (var names = Files.newDirectoryStream(directory, "*" + REPOSITORY)) {
      for (var note : names) {
        var name = note.getFileName().toString();
        var id = name.substring(0, name.length() - REPOSITORY.length());
        var file = directory.resolve(id);
        var repository = Files.readString(note);
        if (repository.isEmpty() || !Files.isRegularFile(file)) {
          delete(id); // The server was killed between the two.
          continue;
        }
        open.put(
            id,
            new Upload(
                new Repository(repository), file, Files.getLastModifiedTime(file).toInstant()));
      }
    }
  }
}

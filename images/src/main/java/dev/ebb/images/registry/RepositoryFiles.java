package dev.ebb.images.registry;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What each repository has, as small files: `NAME/_blobs/HEX`, `NAME/_manifests/HEX` with the
/// media type, `NAME/_tags/TAG` with the digest, `NAME/_referrers/HEX-OF-SUBJECT/HEX`. No part of a
/// repository's name begins with an underscore. The bytes themselves are in [dev.ebb.images.Blobs].
///
/// Each file appears whole and is on the disk when a write returns. Thread-safe.
final class RepositoryFiles {
  static final String BLOBS = "_blobs";
  static final String MANIFESTS = "_manifests";
  static final String TAGS = "_tags";
  static final String REFERRERS = "_referrers";

  private final Path root;

  RepositoryFiles(Path root) {
    this.root = root;
  }

  synchronized void write(
      Repository repository, String folder, String name, String content, Instant now) {
    var file = file(repository, folder, name);
    try {
      Files.createDirectories(file.getParent());
      var temporary = file.resolveSibling(".new");
      try (var channel = FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING)) {
        var bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.setLastModifiedTime(temporary, FileTime.from(now));
      Files.move(temporary, file, ATOMIC_MOVE);
      try (var directory = FileChannel.open(file.getParent(), READ)) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw DiskFull.or(e);
    }
  }

  Optional<String> read(Repository repository, String folder, String name) {
    try {
      return Optional.of(Files.readString(file(repository, folder, name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether it is there; if so it is young again for [#removeIfOlder].
  synchronized boolean touch(Repository repository, String folder, String name, Instant now) {
    try {
      Files.setLastModifiedTime(file(repository, folder, name), FileTime.from(now));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return whether it was there
  synchronized boolean remove(Repository repository, String folder, String name) {
    try {
      return Files.deleteIfExists(file(repository, folder, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return whether it was there, and written and touched only before that instant
  synchronized boolean removeIfOlder(
      Repository repository, String folder, String name, Instant before) {
    var file = file(repository, folder, name);
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(before)
          && Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The names in a folder, sorted by their characters' codes.
  List<String> names(Repository repository, String folder) {
    try (var files = Files.list(directory(repository).resolve(folder))) {
      return files
          .map(it -> it.getFileName().toString())
          .filter(it -> !it.startsWith("."))
          .sorted()
          .toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether anything was ever pushed to it and not yet cleaned up.
  boolean exists(Repository repository) {
    return Stream.of(BLOBS, MANIFESTS, TAGS)
        .anyMatch(it -> Files.isDirectory(directory(repository).resolve(it)));
  }

  /// All repositories, sorted.
  synchronized List<Repository> repositories() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (var files = Files.walk(root)) {
      return files
          .filter(it -> it.endsWith(MANIFESTS) || it.endsWith(BLOBS))
          .map(it -> new Repository(root.relativize(it.getParent()).toString()))
          .distinct()
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes the directories of a repository that hold nothing any more.
  synchronized void removeEmpty(Repository repository) {
    try {
      for (var subject : names(repository, REFERRERS)) {
        removeIfEmpty(directory(repository).resolve(REFERRERS).resolve(subject));
      }
      for (var folder : List.of(BLOBS, MANIFESTS, TAGS, REFERRERS)) {
        removeIfEmpty(directory(repository).resolve(folder));
      }
      var name = repository.name();
      while (!name.isEmpty() && removeIfEmpty(root.resolve(name))) {
        name = name.substring(0, Math.max(0, name.lastIndexOf('/')));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean removeIfEmpty(Path directory) throws IOException {
    try {
      return Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }

  private Path file(Repository repository, String folder, String name) {
    return directory(repository).resolve(folder).resolve(name);
  }

  private Path directory(Repository repository) {
    return root.resolve(repository.name());
  }
}

package dev.ebb.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// The right to write a kubeconfig: the file with `.lock` behind its name, as kubectl makes it.
final class KubeconfigLock implements AutoCloseable {
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path file;
  private final Path lock;

  private KubeconfigLock(Path file, Path lock) {
    this.file = file;
    this.lock = lock;
  }

  /// Makes missing directories. A link is followed: what it points to is replaced, not the link.
  ///
  /// @throws CliException when somebody else writes it
  static KubeconfigLock take(Path named) throws IOException {
    Path file = Files.exists(named) ? named.toRealPath() : named.toAbsolutePath();
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    Path directory = lock.getParent();
    if (directory != null) {
      Files.createDirectories(directory, PRIVATE_DIRECTORY);
    }
    try {
      Files.createFile(lock, PRIVATE_FILE);
    } catch (FileAlreadyExistsException e) {
      throw new CliException(
          "%s is being written by another program. If none is, remove %s".formatted(named, lock));
    }
    return new KubeconfigLock(file, lock);
  }

  /// Replaces the file at once, or not at all, readable by its owner only.
  void write(String text) throws IOException {
    Path temporary = Files.createTempFile(lock.getParent(), ".kubeconfig", ".new", PRIVATE_FILE);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(lock);
  }
}

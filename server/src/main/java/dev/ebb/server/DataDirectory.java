package dev.ebb.server;

import dev.ebb.cli.DataDirectories;
import dev.ebb.cli.FileErrors;
import dev.ebb.cli.ServerRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/// The server's own directory, locked while it runs. Only its owner may read it (mode 0700).
///
/// The file `version` holds the version of the layout: a newer one is refused, an older one would
/// be brought forward here.
public final class DataDirectory implements AutoCloseable {
  private static final int LAYOUT = 1;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private final Path runDirectory;
  private final FileChannel lock;

  private DataDirectory(Path root, Path runDirectory, FileChannel lock) {
    this.root = root;
    this.runDirectory = runDirectory;
    this.lock = lock;
  }

  /// @throws StartupException when it cannot be made, is of a newer Ebb, or another server runs on
  ///   it
  public static DataDirectory open(Path root) {
    Path directory = root.toAbsolutePath().normalize();
    try {
      makePrivate(directory);
      FileChannel lock = lock(directory);
      checkVersion(directory);
      Path runDirectory = DataDirectories.runDirectory(directory);
      makePrivate(runDirectory);
      Files.createDirectories(runDirectory.resolve("i"));
      return new DataDirectory(directory, runDirectory, lock);
    } catch (FileSystemException e) {
      throw new StartupException(
          "cannot use the data directory %s (%s: %s). Choose another with --data-dir DIR"
              .formatted(directory, e.getFile(), FileErrors.reason(e)),
          e);
    } catch (IOException e) {
      throw new StartupException("cannot use the data directory %s: %s".formatted(directory, e), e);
    }
  }

  private static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    String owner = Files.getOwner(directory).getName();
    String user = System.getProperty("user.name", "");
    if (!owner.equals(user)) {
      throw new StartupException(
          "%s belongs to %s, and this is %s. Choose another directory with --data-dir DIR"
              .formatted(directory, owner, user));
    }
    Files.setPosixFilePermissions(directory, OWNER_ONLY);
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Locked by this very process: the same answer.
    }
    channel.close();
    String who =
        ServerRecord.read(directory).map(server -> " (process " + server.pid() + ")").orElse("");
    throw new StartupException(
        "another Ebb server%s runs on %s. Stop it with `ebb stop --data-dir %s`, or choose another with --data-dir DIR"
            .formatted(who, directory, directory));
  }

  private static void checkVersion(Path directory) throws IOException {
    Path file = directory.resolve("version");
    if (!Files.exists(file)) {
      Files.writeString(file, LAYOUT + "\n");
      return;
    }
    String text = Files.readString(file).strip();
    int version;
    try {
      version = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new StartupException(
          "%s holds \"%s\" and no version: this is no data directory of Ebb, or it is damaged"
              .formatted(file, text),
          e);
    }
    if (version > LAYOUT) {
      throw new StartupException(
          "%s was written by a newer Ebb (layout %d; this program knows %d). Use the newer program; going back is not possible"
              .formatted(directory, version, LAYOUT));
    }
  }

  public Path root() {
    return root;
  }

  /// Short, for unix sockets.
  public Path runDirectory() {
    return runDirectory;
  }

  public Path resolve(String name) {
    return root.resolve(name);
  }

  @Override
  public void close() {
    ServerRecord.remove(root);
    removeRunDirectory();
    try {
      lock.close();
    } catch (IOException e) {
      System.getLogger(DataDirectory.class.getName())
          .log(System.Logger.Level.WARNING, "cannot release the lock of " + root, e);
    }
  }

  /// Empty after an orderly end; with sockets in it somebody still needs it.
  private void removeRunDirectory() {
    try {
      Files.deleteIfExists(runDirectory.resolve("api.sock"));
      Files.deleteIfExists(runDirectory.resolve("netns"));
      for (Path directory : List.of(runDirectory.resolve("i"), runDirectory)) {
        try (var files = Files.newDirectoryStream(directory)) {
          if (files.iterator().hasNext()) {
            return;
          }
        }
        Files.delete(directory);
      }
    } catch (IOException e) {
      System.getLogger(DataDirectory.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + runDirectory, e);
    }
  }
}

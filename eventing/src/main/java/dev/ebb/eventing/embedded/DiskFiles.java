package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A directory of this machine, for one process at a time.
public final class DiskFiles implements LogFiles {
  private static final String LOCK = "lock";

  /// Events may be as secret as Secrets.
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final FileChannel lock;

  /// @param directory made when it is missing; its parent must be there
  /// @throws IOException when it cannot be made, or another process has a log there
  public DiskFiles(Path directory) throws IOException {
    this.directory = directory;
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
      sync(directory.toAbsolutePath().resolveSibling("."));
    }
    lock =
        FileChannel.open(
            directory.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNER_ONLY);
    try {
      FileLock held = lock.tryLock();
      if (held == null) {
        throw new IOException(directory + " is in use by another process");
      }
    } catch (OverlappingFileLockException e) {
      lock.close();
      throw new IOException(directory + " is in use by this process", e);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public String directory() {
    return directory.toString();
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(LOCK))
          .toList();
    }
  }

  @Override
  public LogFile create(String name) throws IOException {
    try {
      return new DiskFile(
          name,
          FileChannel.open(
              directory.resolve(name),
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
              OWNER_ONLY));
    } catch (IOException e) {
      throw explain(name, e);
    }
  }

  @Override
  public LogFile open(String name) throws IOException {
    // Writable, for a file must be writable to be synced.
    return new DiskFile(
        name,
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    try {
      Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw explain(to, e);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    sync(directory);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// ENOSPC and EDQUOT by the words of libc, for Java has no type for them.
  private static IOException explain(String name, IOException e) {
    String message = String.valueOf(e.getMessage());
    boolean full =
        message.contains("No space left on device") || message.contains("Disk quota exceeded");
    return full ? new NoSpaceException(name, e) : e;
  }

  private record DiskFile(String name, FileChannel channel) implements LogFile {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int total = 0;
      while (into.hasRemaining()) {
        int count = channel.read(into, position + total);
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total;
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      long at = position;
      try {
        while (from.hasRemaining()) {
          at += channel.write(from, at);
        }
      } catch (IOException e) {
        throw explain(name, e);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    /// fdatasync, which makes the size durable too when it grew.
    @Override
    public void sync() throws IOException {
      try {
        channel.force(false);
      } catch (IOException e) {
        throw explain(name, e);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

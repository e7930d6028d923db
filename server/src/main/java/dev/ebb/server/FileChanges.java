package dev.ebb.server;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Waits until a file has another content than the known one. It watches the directory, for editors
/// replace files instead of writing to them.
final class FileChanges implements AutoCloseable {
  /// Editors write in several steps; what comes within 30 ms is one change.
  private static final long SETTLE_MILLIS = 30;

  /// A directory in which something is written all the time never settles: 0.3 s are enough.
  private static final int SETTLE_ROUNDS = 10;

  private final Path file;
  private final WatchService watch;
  private byte[] content;

  /// @param known the content that is no change, whatever the file has now
  FileChanges(Path file, byte[] known) throws IOException {
    this.file = file.toAbsolutePath();
    this.content = known.clone();
    this.watch = FileSystems.getDefault().newWatchService();
    Path directory = this.file.getParent();
    if (directory == null) {
      throw new IOException(file + " is no file");
    }
    directory.register(
        watch,
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_MODIFY,
        StandardWatchEventKinds.ENTRY_DELETE);
  }

  /// Returns when the file's content is another one than at the last return, at once if it is so
  /// already; a file that is gone, or empty while it is written anew, is waited for.
  ///
  /// @throws java.nio.file.ClosedWatchServiceException when closed by another thread
  void await() throws InterruptedException, IOException {
    settle();
    while (!changed()) {
      WatchKey key = watch.take();
      while (!concerns(key)) {
        key = watch.take();
      }
      settle();
    }
  }

  private void settle() throws InterruptedException {
    for (int round = 0; round < SETTLE_ROUNDS; round++) {
      WatchKey key = watch.poll(SETTLE_MILLIS, TimeUnit.MILLISECONDS);
      if (key == null) {
        return;
      }
      concerns(key);
    }
  }

  private boolean changed() throws IOException {
    byte[] now;
    try {
      now = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (now.length == 0 || Arrays.equals(now, content)) {
      return false;
    }
    content = now;
    return true;
  }

  private boolean concerns(WatchKey key) {
    boolean concerned = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      concerned |=
          event.kind().equals(StandardWatchEventKinds.OVERFLOW)
              || file.getFileName().equals(event.context());
    }
    key.reset();
    return concerned;
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}

package dev.ebb.server;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Waits until the content of a file changes. It watches the directory, for editors replace files
/// instead of writing to them.
final class FileChanges implements AutoCloseable {
  /// Editors write in several steps; what comes within 30 ms is one change.
  private static final long SETTLE_MILLIS = 30;

  private final Path file;
  private final WatchService watch;
  private byte[] content;

  FileChanges(Path file) throws IOException {
    this.file = file.toAbsolutePath();
    this.content = Files.readAllBytes(this.file);
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

  /// Returns after the next change; a file that is gone for a while is waited for.
  ///
  /// @throws java.nio.file.ClosedWatchServiceException when closed by another thread
  void await() throws InterruptedException, IOException {
    while (true) {
      WatchKey key = watch.take();
      boolean concerned = concerns(key);
      while (concerned
          && key.reset()
          && (key = watch.poll(SETTLE_MILLIS, TimeUnit.MILLISECONDS)) != null) {
        concerns(key);
      }
      if (key != null) {
        key.reset();
      }
      if (concerned && Files.isRegularFile(file)) {
        byte[] now = Files.readAllBytes(file);
        if (!Arrays.equals(now, content)) {
          content = now;
          return;
        }
      }
    }
  }

  private boolean concerns(WatchKey key) {
    boolean concerned = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      concerned |=
          event.kind().equals(StandardWatchEventKinds.OVERFLOW)
              || file.getFileName().equals(event.context());
    }
    return concerned;
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}

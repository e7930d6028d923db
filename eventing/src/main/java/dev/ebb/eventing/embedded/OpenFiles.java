package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Reads files that are opened when they are needed; the last so many stay open. Thread-safe.
final class OpenFiles implements AutoCloseable {
  /// A process may have 1024 files open at least, and others need some.
  private static final int KEPT = 64;

  private static final class Handle {
    private final LogFile file;
    private int readers;
    private boolean kept = true;

    private Handle(LogFile file) {
      this.file = file;
    }
  }

  final LogFiles files;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Handle> handles = new LinkedHashMap<>(16, 0.75f, true);

  OpenFiles(LogFiles files) {
    this.files = files;
  }

  /// @throws java.nio.file.NoSuchFileException when it was deleted
  int read(String name, ByteBuffer into, long position) throws IOException {
    Handle handle = acquire(name);
    try {
      return handle.file.read(into, position);
    } finally {
      release(handle);
    }
  }

  long size(String name) throws IOException {
    Handle handle = acquire(name);
    try {
      return handle.file.size();
    } finally {
      release(handle);
    }
  }

  /// Closes it when nobody reads it any more.
  void forget(String name) {
    lock.lock();
    try {
      Handle handle = handles.remove(name);
      if (handle != null) {
        drop(handle);
      }
    } finally {
      lock.unlock();
    }
  }

  private Handle acquire(String name) throws IOException {
    lock.lock();
    try {
      Handle handle = handles.get(name);
      if (handle == null) {
        handle = new Handle(files.open(name));
        handles.put(name, handle);
        Iterator<Handle> eldest = handles.values().iterator();
        while (handles.size() > KEPT) {
          Handle old = eldest.next();
          eldest.remove();
          drop(old);
        }
      }
      handle.readers++;
      return handle;
    } finally {
      lock.unlock();
    }
  }

  private void release(Handle handle) {
    lock.lock();
    try {
      handle.readers--;
      if (!handle.kept && handle.readers == 0) {
        handle.file.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void drop(Handle handle) {
    handle.kept = false;
    if (handle.readers == 0) {
      handle.file.close();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      new HashMap<>(handles).values().forEach(OpenFiles::drop);
      handles.clear();
    } finally {
      lock.unlock();
    }
  }
}

package dev.ebb.apiserver;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The responses that are being streamed, so that closing the server can end them. Thread-safe.
final class OpenStreams implements AutoCloseable {
  private final Set<StreamInProgress> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  void opened(StreamInProgress stream) {
    open.add(stream);
    if (closed) {
      stream.end();
    }
  }

  void ended(StreamInProgress stream) {
    open.remove(stream);
  }

  int count() {
    return open.size();
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(StreamInProgress::end);
  }
}

package dev.ebb.server;

import java.util.ArrayDeque;
import java.util.Deque;

/// What must be closed, the last first. A part that fails to close does not keep the others open.
final class OpenParts implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(OpenParts.class.getName());

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOGGER.log(System.Logger.Level.ERROR, "cannot close " + part.getClass().getName(), e);
      }
    }
  }
}

package dev.ebb.node.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/// Threads from which containers are born, each with a [Slot]. Thread-safe.
final class Launchers implements AutoCloseable {
  private final OciRuntime runtime;
  private final Cgroups cgroups;
  private final List<Thread> threads = new ArrayList<>();

  /// Empty for the end of one thread.
  private final BlockingQueue<Optional<Task>> tasks = new LinkedBlockingQueue<>();

  /// Work to be done where containers are born.
  interface Birth<T> {
    T run(Slot slot) throws IOException;
  }

  private interface Task {
    void run(Slot slot);
  }

  Launchers(OciRuntime runtime, Cgroups cgroups, int count) {
    this.runtime = runtime;
    this.cgroups = cgroups;
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().daemon().name("ebb-launcher-" + i).start(this::live));
    }
  }

  /// Waits for a free thread and for the work.
  ///
  /// @throws SandboxException of the work; `RUNTIME_FAILED` for its other failures
  <T> T launch(Birth<T> birth) {
    var result = new CompletableFuture<T>();
    Task task =
        slot -> {
          try {
            result.complete(birth.run(slot));
          } catch (IOException | RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        };
    tasks.add(Optional.of(task));
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted while a container was started", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case SandboxException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw failed(String.valueOf(e.getCause()), e);
      }
    }
  }

  private static SandboxException failed(String message, Throwable cause) {
    return new SandboxException(SandboxException.Reason.RUNTIME_FAILED, message, cause);
  }

  private void live() {
    var slot = new Slot(runtime, cgroups);
    try {
      slot.prepare();
      for (var task = tasks.take(); task.isPresent(); task = tasks.take()) {
        task.get().run(slot);
        slot.prepare();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    } finally {
      slot.close();
    }
  }

  /// Waits for what is being started.
  @Override
  public void close() {
    threads.forEach(thread -> tasks.add(Optional.empty()));
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}

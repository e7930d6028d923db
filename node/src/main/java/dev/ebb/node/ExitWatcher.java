package dev.ebb.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// Sees at once when a process ends, also one that is not a child: one thread waits in `epoll_wait`
/// for the process descriptors (pidfd_open(2), epoll(7)) of all.
final class ExitWatcher implements AutoCloseable {
  private static final int EPOLLIN = 1;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int BATCH = 64;
  // struct epoll_event is packed on x86_64: 32 bits of events, then 64 of data. Elsewhere the data
  // is aligned.
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  /// Linked at first use, on the watcher's thread.
  private static final class Calls {
    static final MethodHandle CREATE =
        Linux.function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final MethodHandle CONTROL =
        Linux.function(
            "epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    static final MethodHandle WAIT =
        Linux.function(
            "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  }

  private final LongConsumer onExit;
  private final CompletableFuture<Integer> epoll = new CompletableFuture<>();
  private final CompletableFuture<int[]> wakeUp = new CompletableFuture<>();
  private final Map<Integer, Long> pids = new ConcurrentHashMap<>();
  private final Thread thread;

  /// Returns before the native calls are linked, which takes a tenth of a second that the start of
  /// a server need not wait for.
  ///
  /// @param onExit called with the process's number, once, on the watcher's thread
  ExitWatcher(LongConsumer onExit) {
    this.onExit = onExit;
    thread = Thread.ofPlatform().name("ebb-node-exits").daemon().start(this::run);
  }

  /// A process that has ended already is told as well.
  void watch(long pid) {
    int fd = Linux.pidfdOpen(pid);
    if (fd < 0) {
      onExit.accept(pid);
      return;
    }
    pids.put(fd, pid);
    add(fd);
  }

  @Override
  public void close() {
    Linux.close(wakeUp.join()[1]);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(int fd) {
    control(EPOLL_CTL_ADD, fd);
  }

  private void control(int operation, int fd) {
    int descriptor = epoll.join();
    try (var arena = Arena.ofConfined()) {
      var event = arena.allocate(EVENT_BYTES, 8);
      event.set(JAVA_INT, 0, EPOLLIN);
      event.set(JAVA_INT_UNALIGNED, DATA_OFFSET, fd);
      if ((int) Calls.CONTROL.invokeExact(descriptor, operation, fd, event) != 0) {
        throw new IllegalStateException("epoll_ctl failed for descriptor " + fd);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private void run() {
    int[] ends;
    int descriptor;
    try {
      descriptor = create();
      epoll.complete(descriptor);
      ends = Linux.pipe();
      add(ends[0]);
      wakeUp.complete(ends);
    } catch (RuntimeException | Error e) {
      epoll.completeExceptionally(e);
      wakeUp.completeExceptionally(e);
      throw e;
    }
    try (var arena = Arena.ofConfined()) {
      var events = arena.allocate((long) EVENT_BYTES * BATCH, 8);
      while (takeBatch(descriptor, ends[0], events)) {}
    }
    pids.keySet().forEach(Linux::close);
    Linux.close(ends[0]);
    Linux.close(descriptor);
  }

  private static int create() {
    try {
      int epoll = (int) Calls.CREATE.invokeExact(/* EPOLL_CLOEXEC */ 0x80000);
      if (epoll < 0) {
        throw new IllegalStateException("epoll_create1 failed: too many open files?");
      }
      return epoll;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// @return false when the watcher was closed
  private boolean takeBatch(int epoll, int wakeUp, MemorySegment events) {
    int count;
    try {
      count = (int) Calls.WAIT.invokeExact(epoll, events, BATCH, -1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < count; i++) {
      int fd = events.get(JAVA_INT_UNALIGNED, (long) i * EVENT_BYTES + DATA_OFFSET);
      if (fd == wakeUp) {
        return false;
      }
      var pid = pids.remove(fd);
      if (pid != null) {
        // Explicitly: a process that is being spawned on another thread holds a copy of the
        // descriptor until its exec, which keeps a closed one in the epoll set.
        control(EPOLL_CTL_DEL, fd);
        Linux.close(fd);
        onExit.accept(pid);
      }
    }
    return true;
  }
}

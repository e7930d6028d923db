package dev.ebb.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// The system calls that Java does not have. Numbers and layouts are those of Linux on x86_64 and
/// arm64, which agree except where said; the C library is glibc 2.34 or newer. Thread-safe.
@SuppressWarnings("restricted") // The server is started with --enable-native-access.
public final class Linux {
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int ECHILD = 10;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle KILL =
      function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), KEEP_ERRNO);
  // glibc has had pidfd_open() only since 2.36; the call is 434 on every architecture.
  private static final long SYS_PIDFD_OPEN = 434;
  private static final MethodHandle PIDFD_OPEN =
      function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          KEEP_ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle WAITID =
      function(
          "waitid",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          KEEP_ERRNO);
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          KEEP_ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FALLOCATE =
      function(
          "fallocate",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          KEEP_ERRNO);
  private static final MethodHandle LSEEK =
      function(
          "lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle PIPE =
      function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle STRERROR =
      function("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;

  private static final MethodHandle PAGE_SIZE =
      function("getpagesize", FunctionDescriptor.of(JAVA_INT));

  private Linux() {}

  /// 4096 on x86_64; arm64 has kernels with 16 and 64 KiB.
  public static int pageSize() {
    try {
      return (int) PAGE_SIZE.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// How a child ended.
  ///
  /// @param code the exit code, or 128 + signal
  /// @param signal 0 when it exited by itself
  public record Exit(int code, int signal) {}

  public static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  public static MemorySegment errnoBuffer(Arena arena) {
    return arena.allocate(Linker.Option.captureStateLayout());
  }

  public static int errno(MemorySegment buffer) {
    return (int) ERRNO.get(buffer, 0L);
  }

  public static String message(int errno) {
    try {
      var text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Signals a process, or with a negative number a process group.
  ///
  /// @return 0 or the errno
  public static int kill(long pid, int signal) {
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      return (int) KILL.invokeExact(errno, (int) pid, signal) == 0 ? 0 : errno(errno);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// A descriptor that becomes readable when the process ends; -1 when there is no such process.
  public static int pidfdOpen(long pid) {
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      long fd = (long) PIDFD_OPEN.invokeExact(errno, SYS_PIDFD_OPEN, pid, 0L);
      if (fd < 0 && errno(errno) != ESRCH) {
        throw new IllegalStateException("pidfd_open: " + message(errno(errno)));
      }
      return (int) fd;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// How the child ended, leaving it a zombie, so that its number is not given to another process.
  /// Empty when it runs or is no child of this process.
  public static Optional<Exit> peekExit(long pid) {
    return waitid(pid, /* WEXITED | WNOHANG | WNOWAIT */ 0x4 | 0x1 | 0x0100_0000);
  }

  /// Waits for the end of a child, and leaves it a zombie.
  public static Exit awaitExit(long pid) {
    return waitid(pid, /* WEXITED | WNOWAIT */ 0x4 | 0x0100_0000)
        .orElseThrow(() -> new IllegalStateException(pid + " is no child"));
  }

  /// Takes the ended child out of the process table; waits for it when it still runs.
  public static void reap(long pid) {
    waitid(pid, /* WEXITED */ 0x4);
  }

  private static Optional<Exit> waitid(long pid, int options) {
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      // siginfo_t: si_code at 8, si_pid at 16, si_status at 24 on both architectures.
      var info = arena.allocate(128, 8);
      int result;
      do {
        result = (int) WAITID.invokeExact(errno, /* P_PID */ 1, (int) pid, info, options);
      } while (result < 0 && errno(errno) == EINTR);
      if (result < 0 || info.get(JAVA_INT, 16) == 0) {
        return Optional.empty();
      }
      int status = info.get(JAVA_INT, 24);
      boolean exited = info.get(JAVA_INT, 8) == /* CLD_EXITED */ 1;
      return Optional.of(exited ? new Exit(status, 0) : new Exit(128 + status, status));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Gives the first `length` bytes of a file back to the file system; its size and the offsets
  /// behind stay.
  ///
  /// @return false when the file system cannot do it
  public static boolean punchHole(Path file, long length) {
    int fd = open(file, O_WRONLY);
    if (fd < 0) {
      return false;
    }
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      int mode = /* KEEP_SIZE | PUNCH_HOLE */ 0x1 | 0x2;
      return (int) FALLOCATE.invokeExact(errno, fd, mode, 0L, length) == 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      close(fd);
    }
  }

  /// Where the data of a file begins behind a hole at its head; 0 when there is none.
  public static long dataStart(Path file) {
    int fd = open(file, O_RDONLY);
    if (fd < 0) {
      return 0;
    }
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      return Math.max(0, (long) LSEEK.invokeExact(errno, fd, 0L, /* SEEK_DATA */ 3));
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      close(fd);
    }
  }

  /// @return the reading and the writing end, both closed on exec
  public static int[] pipe() {
    try (var arena = Arena.ofConfined()) {
      var errno = errnoBuffer(arena);
      var ends = arena.allocate(JAVA_INT, 2);
      if ((int) PIPE.invokeExact(errno, ends, O_CLOEXEC) != 0) {
        throw new IllegalStateException("pipe2: " + message(errno(errno)));
      }
      return ends.toArray(JAVA_INT);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  public static void close(int fd) {
    try {
      var ignored = (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int open(Path file, int flags) {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(file.toString());
      return (int) OPEN.invokeExact(errnoBuffer(arena), path, flags | O_CLOEXEC);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

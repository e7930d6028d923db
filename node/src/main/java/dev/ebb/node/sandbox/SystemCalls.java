package dev.ebb.node.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.OptionalInt;

/// The calls that make namespaces and mounts: mount(2), umount2(2), unshare(2), setns(2), mknod(2),
/// mkfifo(3), chown(2), prctl(2). Numbers are those of Linux on x86_64 and arm64. Thread-safe; what
/// they change is the calling thread's, so they belong on platform threads.
final class SystemCalls {
  static final long MS_RDONLY = 1;
  static final long MS_NOSUID = 2;
  static final long MS_NODEV = 4;
  static final long MS_NOEXEC = 8;
  static final long MS_REMOUNT = 32;
  static final long MS_BIND = 4096;
  static final long MS_REC = 16384;
  static final long MS_SLAVE = 1 << 19;
  static final int MNT_DETACH = 2;
  static final int O_RDONLY = 0;

  /// Of a pipe: it has no end while such a reader lives on.
  static final int O_RDWR = 2;

  static final int O_RDWR_NONBLOCK = 0x802;
  static final int CLONE_FS = 0x200;
  static final int CLONE_NEWNS = 0x20000;
  static final int CLONE_NEWNET = 0x40000000;
  static final int CLONE_NEWIPC = 0x08000000;
  static final int CLONE_NEWUTS = 0x04000000;

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int S_IFCHR = 0020000;

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle MOUNT =
      Linux.function(
          "mount",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
          ERRNO);
  private static final MethodHandle UMOUNT =
      Linux.function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle UNSHARE =
      Linux.function("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle SETNS =
      Linux.function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle MKNOD =
      Linux.function("mknod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG), ERRNO);
  private static final MethodHandle MKFIFO =
      Linux.function("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle CHOWN =
      Linux.function("lchown", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), ERRNO);
  private static final MethodHandle CHMOD =
      Linux.function("chmod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
  private static final MethodHandle OPEN =
      Linux.function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle WRITE =
      Linux.function(
          "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
  private static final MethodHandle POLL =
      Linux.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
  private static final MethodHandle PRCTL =
      Linux.function(
          "prctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          ERRNO,
          Linker.Option.firstVariadicArg(1));

  private SystemCalls() {}

  /// @param data options of the file system, comma-separated
  static void mount(String source, String target, String type, long flags, String data)
      throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var from = arena.allocateFrom(source);
      var to = arena.allocateFrom(target);
      var kind = optional(arena, type);
      var options = optional(arena, data);
      int result = (int) MOUNT.invokeExact(errno, from, to, kind, flags, options);
      check(result, errno, "mount " + source + " on " + target);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void unmount(String target, int flags) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check(
          (int) UMOUNT.invokeExact(errno, arena.allocateFrom(target), flags),
          errno,
          "unmount " + target);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void unshare(int flags) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check((int) UNSHARE.invokeExact(errno, flags), errno, "unshare");
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Puts the calling thread into the namespace that a file stands for.
  static void enter(Path namespace, int kind) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int file =
          (int)
              OPEN.invokeExact(
                  errno, arena.allocateFrom(namespace.toString()), /* O_CLOEXEC */ 0x80000);
      check(file, errno, "open " + namespace);
      try {
        check((int) SETNS.invokeExact(errno, file, kind), errno, "setns " + namespace);
      } finally {
        Linux.close(file);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// A device of characters that everybody may use.
  static void device(String path, int major, int minor) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var name = arena.allocateFrom(path);
      // makedev(3) of small numbers.
      long number = ((long) major << 8) | minor;
      check((int) MKNOD.invokeExact(errno, name, S_IFCHR | 0666, number), errno, "mknod " + path);
      check((int) CHMOD.invokeExact(errno, name, 0666), errno, "chmod " + path);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void fifo(Path path) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check(
          (int) MKFIFO.invokeExact(errno, arena.allocateFrom(path.toString()), 0600),
          errno,
          "mkfifo " + path);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// @param flags of open(2)
  /// @return a descriptor that no program inherits
  static int open(Path path, int flags) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int file =
          (int)
              OPEN.invokeExact(
                  errno, arena.allocateFrom(path.toString()), flags | /* O_CLOEXEC */ 0x80000);
      check(file, errno, "open " + path);
      return file;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Opens a pipe for writing, without waiting for a reader.
  ///
  /// @return a descriptor; empty when nobody reads, or there is no such pipe
  static OptionalInt openWrite(Path path) {
    try (var arena = Arena.ofConfined()) {
      int file =
          (int)
              OPEN.invokeExact(
                  Linux.errnoBuffer(arena),
                  arena.allocateFrom(path.toString()), /* O_WRONLY | O_NONBLOCK | O_CLOEXEC */
                  0x1 | 0x800 | 0x80000);
      return file < 0 ? OptionalInt.empty() : OptionalInt.of(file);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Writes one byte, which a pipe always has room for.
  static void writeByte(int file) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check((int) (long) WRITE.invokeExact(errno, file, arena.allocate(1), 1L), errno, "write");
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Does not follow a link.
  static void chown(Path path, int user, int group) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check(
          (int) CHOWN.invokeExact(errno, arena.allocateFrom(path.toString()), user, group),
          errno,
          "chown " + path);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void chmod(Path path, int mode) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check(
          (int) CHMOD.invokeExact(errno, arena.allocateFrom(path.toString()), mode),
          errno,
          "chmod " + path);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Orphans among the descendants of this process become its children, not those of process 1.
  static void adoptOrphans() throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check(
          (int) PRCTL.invokeExact(errno, PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L),
          errno,
          "prctl(PR_SET_CHILD_SUBREAPER)");
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until a process has ended.
  ///
  /// @return false when it runs on after the time
  static boolean awaitEnd(long pid, int millis) {
    int descriptor = Linux.pidfdOpen(pid);
    if (descriptor < 0) {
      return true;
    }
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      // struct pollfd: descriptor, POLLIN, what came.
      var poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, descriptor);
      poll.set(JAVA_INT, 4, 1);
      return (int) POLL.invokeExact(errno, poll, 1L, millis) > 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      Linux.close(descriptor);
    }
  }

  private static MemorySegment optional(Arena arena, String text) {
    return text.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(text);
  }

  private static void check(int result, MemorySegment errno, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": " + Linux.message(Linux.errno(errno)));
    }
  }
}

package dev.ebb.node.network;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebb.node.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The system calls that make and pin network namespaces. Those that change the namespace change it
/// for the calling thread of the operating system: call them on a platform thread. Each throws
/// [NetlinkException] with the errno.
final class KernelCalls {
  static final int CLONE_NEWNET = 0x4000_0000;

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int O_WRONLY_CLOEXEC = 0x80001;
  private static final int MS_BIND = 0x1000;
  private static final int MNT_DETACH = 2;

  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final MethodHandle UNSHARE =
      Linux.function("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle SETNS =
      Linux.function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle OPEN =
      Linux.function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          KEEP_ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle WRITE =
      Linux.function(
          "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), KEEP_ERRNO);
  private static final MethodHandle MOUNT =
      Linux.function(
          "mount",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
          KEEP_ERRNO);
  private static final MethodHandle UMOUNT =
      Linux.function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), KEEP_ERRNO);

  private KernelCalls() {}

  /// Gives the calling thread a new, empty network namespace.
  static void unshareNetwork() {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check("unshare", (int) UNSHARE.invokeExact(errno, CLONE_NEWNET), errno);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Moves the calling thread into a network namespace.
  static void enterNetwork(int descriptor) {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      check("setns", (int) SETNS.invokeExact(errno, descriptor, CLONE_NEWNET), errno);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// @return a descriptor, closed on exec
  static int openNamespace(Path path) {
    return open(path.toString(), O_RDONLY_CLOEXEC);
  }

  /// Writes a setting of the calling thread's network namespace.
  ///
  /// @param file below `/proc/sys/net`
  static void set(String file, String value) {
    int fd = open("/proc/sys/net/" + file, O_WRONLY_CLOEXEC);
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var bytes = arena.allocateFrom(value);
      long length = bytes.byteSize() - 1;
      check(file, (long) WRITE.invokeExact(errno, fd, bytes, length) == length ? 0 : -1, errno);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    } finally {
      Linux.close(fd);
    }
  }

  /// Keeps the calling thread's network namespace alive under a name.
  ///
  /// @param file an empty file
  static void pinNetwork(Path file) {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var source = arena.allocateFrom("/proc/thread-self/ns/net");
      var target = arena.allocateFrom(file.toString());
      var none = MemorySegment.NULL;
      long flags = MS_BIND;
      check(
          "mount " + file,
          (int) MOUNT.invokeExact(errno, source, target, none, flags, none),
          errno);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// @return false when nothing was mounted there
  static boolean unmount(Path file) {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      return (int) UMOUNT.invokeExact(errno, arena.allocateFrom(file.toString()), MNT_DETACH) == 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int open(String path, int flags) {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      int fd = (int) OPEN.invokeExact(errno, arena.allocateFrom(path), flags);
      check("open " + path, fd, errno);
      return fd;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void check(String what, int result, MemorySegment errno) {
    if (result < 0) {
      throw new NetlinkException(what, Linux.errno(errno), "");
    }
  }
}

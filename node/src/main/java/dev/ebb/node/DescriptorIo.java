package dev.ebb.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// Reading and writing descriptors that Java has no streams for: terminals, and pipes whose reader
/// must be able to stop waiting. Thread-safe; calls that wait block the thread, so they are for
/// platform threads.
final class DescriptorIo {
  private static final int EINTR = 4;
  private static final int EIO = 5;
  private static final int EAGAIN = 11;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;

  private static final MemoryLayout POLL_FD =
      MemoryLayout.structLayout(
          JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

  private static final MethodHandle POLL =
      Linux.function(
          "poll",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle READ =
      Linux.function(
          "read",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle WRITE =
      Linux.function(
          "write",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"));

  private DescriptorIo() {}

  /// Waits until one of the descriptors can be read, or has ended.
  ///
  /// @return which of them
  static boolean[] awaitReadable(int... descriptors) throws IOException {
    short[] events = new short[descriptors.length];
    Arrays.fill(events, POLLIN);
    return poll(descriptors, events);
  }

  /// Waits until the descriptor can be written, or the other one has ended.
  ///
  /// @return false when the other one has ended
  static boolean awaitWritable(int descriptor, int stop) throws IOException {
    return !poll(new int[] {descriptor, stop}, new short[] {POLLOUT, POLLIN})[1];
  }

  /// @return how many bytes; 0 when there are none now, -1 at the end
  static int read(int descriptor, byte[] into) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var buffer = arena.allocate(into.length);
      long count = (long) READ.invokeExact(errno, descriptor, buffer, (long) into.length);
      if (count < 0) {
        int code = Linux.errno(errno);
        if (code == EAGAIN || code == EINTR) {
          return 0;
        }
        if (code == EIO) {
          // A terminal that no process has open any more.
          return -1;
        }
        throw new IOException("read: " + Linux.message(code));
      }
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, 0, (int) count);
      return count == 0 ? -1 : (int) count;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// @return how many bytes were taken
  static int write(int descriptor, byte[] bytes, int offset, int length) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      var buffer = arena.allocate(length);
      MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
      long count = (long) WRITE.invokeExact(errno, descriptor, buffer, (long) length);
      if (count < 0) {
        int code = Linux.errno(errno);
        if (code == EAGAIN || code == EINTR) {
          return 0;
        }
        throw new IOException("write: " + Linux.message(code));
      }
      return (int) count;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static boolean[] poll(int[] descriptors, short[] events) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var errno = Linux.errnoBuffer(arena);
      long size = POLL_FD.byteSize();
      var all = arena.allocate(size * descriptors.length, 8);
      for (int i = 0; i < descriptors.length; i++) {
        all.set(JAVA_INT, i * size, descriptors[i]);
        all.set(JAVA_SHORT, i * size + 4, events[i]);
      }
      int count;
      do {
        count = (int) POLL.invokeExact(errno, all, (long) descriptors.length, -1);
      } while (count < 0 && Linux.errno(errno) == EINTR);
      if (count < 0) {
        throw new IOException("poll: " + Linux.message(Linux.errno(errno)));
      }
      boolean[] ready = new boolean[descriptors.length];
      for (int i = 0; i < descriptors.length; i++) {
        ready[i] = all.get(JAVA_SHORT, i * size + 6) != 0;
      }
      return ready;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

package dev.ebb.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// A pseudo-terminal (pty(7)): what a session that opens [#device] reads and writes comes out of
/// and goes into the descriptor.
///
/// @param descriptor of the side that stands for the user; does not block
public record Terminal(int descriptor, Path device) {
  private static final int OPEN_FLAGS = /* O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC */
      0x2 | 0x100 | 0x800 | 0x80000;
  private static final long SET_SIZE = 0x5414; // TIOCSWINSZ
  private static final int PATH_BYTES = 64;

  private static final MethodHandle OPEN =
      Linux.function("posix_openpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle OPEN_FILE =
      Linux.function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle GRANT =
      Linux.function("grantpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle UNLOCK =
      Linux.function("unlockpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle NAME =
      Linux.function("ptsname_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle IOCTL =
      Linux.function(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  /// @throws IOException when the machine has none left
  public static Terminal open() throws IOException {
    try (var arena = Arena.ofConfined()) {
      int descriptor = (int) OPEN.invokeExact(OPEN_FLAGS);
      if (descriptor < 0) {
        throw new IOException("no pseudo-terminal can be opened");
      }
      var name = arena.allocate(PATH_BYTES);
      if ((int) GRANT.invokeExact(descriptor) != 0
          || (int) UNLOCK.invokeExact(descriptor) != 0
          || (int) NAME.invokeExact(descriptor, name, (long) PATH_BYTES) != 0) {
        Linux.close(descriptor);
        throw new IOException("the pseudo-terminal cannot be used");
      }
      return new Terminal(descriptor, Path.of(name.getString(0)));
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Tells the processes in a terminal how large the user's window is.
  ///
  /// @param device the terminal, as one of its processes has it open: `/proc/PID/fd/0`. Nothing
  ///   happens when that is gone, or is no terminal.
  public static void resize(Path device, int columns, int rows) {
    try (var arena = Arena.ofConfined()) {
      // O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
      int opened =
          (int) OPEN_FILE.invokeExact(arena.allocateFrom(device.toString()), OPEN_FLAGS & ~0x2);
      if (opened >= 0) {
        new Terminal(opened, device).resize(columns, rows);
        Linux.close(opened);
      }
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Tells the processes in it how large the user's window is.
  void resize(int columns, int rows) {
    try (var arena = Arena.ofConfined()) {
      // struct winsize: rows, columns, and two numbers of pixels that nobody uses.
      var size = arena.allocate(8, 2);
      size.set(JAVA_SHORT, 0, (short) rows);
      size.set(JAVA_SHORT, 2, (short) columns);
      // Fails only when the terminal is gone, and then nobody looks at its size.
      var ignored = (int) IOCTL.invokeExact(descriptor, SET_SIZE, size);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

package dev.ebb.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/// What a terminal has room for, in characters.
record TerminalSize(int columns, int rows) {
  /// That of a VT100, which every terminal is at least.
  static final TerminalSize USUAL = new TerminalSize(80, 24);

  private static final int STANDARD_OUTPUT = 1;

  /// `TIOCGWINSZ` of Linux on x86_64 and arm64, see ioctl_tty(2).
  private static final long GET_WINDOW_SIZE = 0x5413;

  /// Of `struct winsize`: rows, columns, and twice pixels, all unsigned short.
  private static final int BYTES = 8;

  /// That of standard output now: a window may have changed. [#USUAL] where it is no terminal or
  /// one that does not say.
  @SuppressWarnings("restricted") // Ebb is started with --enable-native-access.
  static TerminalSize now() {
    Linker linker = Linker.nativeLinker();
    MemorySegment ioctl = linker.defaultLookup().findOrThrow("ioctl");
    var call =
        linker.downcallHandle(
            ioctl,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(BYTES);
      int failed = (int) call.invokeExact(STANDARD_OUTPUT, GET_WINDOW_SIZE, size);
      int rows = Short.toUnsignedInt(size.get(JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.get(JAVA_SHORT, 2));
      return failed != 0 || rows == 0 || columns == 0 ? USUAL : new TerminalSize(columns, rows);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

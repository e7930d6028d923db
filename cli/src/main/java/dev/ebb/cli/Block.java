package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;

/// Lines at the end of a terminal's output that are drawn anew in their place. Not thread-safe.
final class Block {
  private final PrintWriter out;
  private final Supplier<TerminalSize> size;
  private int height;

  /// @param size of the terminal, asked before each drawing
  Block(PrintWriter out, Supplier<TerminalSize> size) {
    this.out = out;
    this.size = size;
  }

  /// How many lines are drawn at most; the cursor stands in one more.
  int room() {
    return Math.max(1, size.get().rows() - 1);
  }

  /// What is wider or higher than the terminal is cut off: it would take rows that the next drawing
  /// does not know of, or cannot go back to.
  void draw(List<String> lines) {
    erase();
    int width = Math.max(0, size.get().columns() - 1);
    List<String> shown = lines.subList(0, Math.min(lines.size(), room()));
    for (String line : shown) {
      out.println(line.substring(0, Math.min(line.length(), width)));
    }
    height = shown.size();
    out.flush();
  }

  void erase() {
    if (height > 0) {
      // ECMA-48: cursor up, erase to the end of the page.
      out.print("\u001b[" + height + "A\u001b[J");
    }
    height = 0;
    out.flush();
  }
}

package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.List;

/// Lines at the end of a terminal's output that are drawn anew in their place. Not thread-safe.
final class Block {
  /// A longer line would take two rows, and the next drawing would begin in the wrong one.
  private static final int WIDTH = 79;

  private final PrintWriter out;
  private int height;

  Block(PrintWriter out) {
    this.out = out;
  }

  void draw(List<String> lines) {
    erase();
    for (String line : lines) {
      out.println(line.substring(0, Math.min(line.length(), WIDTH)));
    }
    height = lines.size();
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

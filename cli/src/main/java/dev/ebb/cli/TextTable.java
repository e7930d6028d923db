package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A table as kubectl prints it: upper-case headers, three spaces between columns.
public final class TextTable {
  private static final int GAP = 3;

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... headers) {
    rows.add(List.of(headers));
  }

  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  public void print(PrintWriter out) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        line.append(row.get(column));
        line.repeat(' ', widths[column] - row.get(column).length() + GAP);
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}

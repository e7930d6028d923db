package dev.ebb.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A table as kubectl prints it: upper-case headers, three spaces between columns.
public final class TextTable {
  private static final int GAP = 3;
  private static final int NARROW_GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();
  private final int gap;

  public TextTable(String... headers) {
    this(GAP, headers);
  }

  private TextTable(int gap, String... headers) {
    this.gap = gap;
    rows.add(List.of(headers));
  }

  /// With two spaces between columns, where there are many.
  static TextTable narrow(String... headers) {
    return new TextTable(NARROW_GAP, headers);
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
        line.repeat(' ', widths[column] - row.get(column).length() + gap);
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}

package dev.ebb.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was measured: tables by title, rows by label, figures by name.
final class Report {
  private final Map<String, Map<String, Row>> tables = new LinkedHashMap<>();

  static final class Row {
    private final Map<String, Double> figures = new LinkedHashMap<>();

    Row put(String name, double value) {
      figures.put(name, value);
      return this;
    }
  }

  Row row(String table, String label) {
    return tables
        .computeIfAbsent(table, it -> new LinkedHashMap<>())
        .computeIfAbsent(label, it -> new Row());
  }

  double value(String table, String label, String figure) {
    Double value = row(table, label).figures.get(figure);
    if (value == null) {
      throw new IllegalArgumentException("no " + figure + " of " + label + " in " + table);
    }
    return value;
  }

  String json() {
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    tables.forEach((title, rows) ->
        rows.forEach((label, row) -> {
          ObjectNode node = root.withObjectProperty(title).withObjectProperty(label);
          row.figures.forEach(node::put);
        }));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /// As Markdown, which reads well in a terminal too.
  void print(PrintStream out) {
    tables.forEach((title, rows) -> {
      out.println();
      out.println("### " + title);
      out.println();
      List<List<String>> lines = new ArrayList<>();
      List<String> head = new ArrayList<>(List.of(""));
      head.addAll(rows.values().iterator().next().figures.keySet());
      lines.add(head);
      lines.add(head.stream().map(name -> name.isEmpty() ? "---" : "---:").toList());
      rows.forEach((label, row) -> {
        List<String> cells = new ArrayList<>(List.of(label));
        head.stream().skip(1).forEach(name -> cells.add(text(row.figures.get(name))));
        lines.add(cells);
      });
      lines.forEach(cells -> out.println("| " + String.join(" | ", cells) + " |"));
    });
    out.flush();
  }

  private static String text(@org.jspecify.annotations.Nullable Double value) {
    if (value == null) {
      return "";
    }
    double size = Math.abs(value);
    return size == Math.rint(size) || size >= 1000
        ? "%.0f".formatted(value)
        : size >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
  }
}

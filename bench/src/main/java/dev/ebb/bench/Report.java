package dev.ebb.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was measured: tables by title, rows by label, figures by name; and where it was measured.
final class Report {
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Map<String, Map<String, Row>> tables = new LinkedHashMap<>();

  static final class Row {
    private final Map<String, Double> figures = new LinkedHashMap<>();

    Row put(String name, double value) {
      figures.put(name, value);
      return this;
    }
  }

  /// Something to know about all figures: the machine, the date.
  void fact(String name, String value) {
    facts.put(name, value);
  }

  /// The row, made when it is not there yet.
  Row row(String table, String label) {
    return tables
        .computeIfAbsent(table, it -> new LinkedHashMap<>())
        .computeIfAbsent(label, it -> new Row());
  }

  /// @throws IllegalArgumentException when it was not measured
  double value(String table, String label, String figure) {
    Row row = tables.getOrDefault(table, Map.of()).get(label);
    Double value = row == null ? null : row.figures.get(figure);
    if (value == null) {
      throw new IllegalArgumentException("no " + figure + " of " + label + " in " + table);
    }
    return value;
  }

  String json() {
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    facts.forEach(root.withObjectProperty("facts")::put);
    tables.forEach((title, rows) ->
        rows.forEach((label, row) -> {
          ObjectNode node =
              root.withObjectProperty("tables").withObjectProperty(title).withObjectProperty(label);
          row.figures.forEach(node::put);
        }));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /// As Markdown, which reads well in a terminal too.
  void print(PrintStream out) {
    facts.forEach((name, value) -> out.println("- " + name + ": " + value));
    tables.forEach((title, rows) -> {
      out.println();
      out.println("### " + title);
      out.println();
      Set<String> names = new LinkedHashSet<>();
      rows.values().forEach(row -> names.addAll(row.figures.keySet()));
      List<List<String>> lines = new ArrayList<>();
      List<String> head = new ArrayList<>(List.of(""));
      head.addAll(names);
      lines.add(head);
      List<String> rule = new ArrayList<>(List.of("---"));
      rule.addAll(Collections.nCopies(names.size(), "---:"));
      lines.add(rule);
      rows.forEach((label, row) -> {
        List<String> cells = new ArrayList<>(List.of(label));
        names.forEach(name -> cells.add(text(row.figures.get(name))));
        lines.add(cells);
      });
      lines.forEach(cells -> out.println("| " + String.join(" | ", cells) + " |"));
    });
    out.flush();
  }

  /// Three digits, more only before the point.
  static String text(@Nullable Double value) {
    if (value == null) {
      return "";
    }
    double size = Math.abs(value);
    return size == Math.rint(size) || size >= 100
        ? "%.0f".formatted(value)
        : size >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
  }
}

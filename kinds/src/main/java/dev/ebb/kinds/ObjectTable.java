package dev.ebb.kinds;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The `columnDefinitions` and the `cells` of a `meta.k8s.io/v1 Table` for the objects of a kind.
public final class ObjectTable {
  private final List<PrinterColumn> columns;

  /// The kind's columns behind the name, unless they place the name themselves; name and age for a
  /// kind that has none.
  public ObjectTable(KindDefinition kind) {
    List<PrinterColumn> own = kind.printerColumns();
    List<PrinterColumn> all = new ArrayList<>();
    if (own.stream().noneMatch(column -> column.format().equals("name"))) {
      all.add(PrinterColumn.NAME);
    }
    all.addAll(own.isEmpty() ? List.of(PrinterColumn.AGE) : own);
    columns = List.copyOf(all);
  }

  public List<PrinterColumn> columns() {
    return columns;
  }

  public ArrayNode columnDefinitions() {
    ArrayNode definitions = JsonNodeFactory.instance.arrayNode();
    for (PrinterColumn column : columns) {
      ObjectNode definition = definitions.addObject();
      definition.put("name", column.name());
      definition.put("type", column.type());
      definition.put("format", column.format());
      definition.put("description", column.description());
      definition.put("priority", column.priority());
    }
    return definitions;
  }

  /// One row: as many values as there are columns; null where the object has nothing to show.
  public ArrayNode cells(KubernetesObject object, Instant now) {
    ArrayNode cells = JsonNodeFactory.instance.arrayNode();
    for (PrinterColumn column : columns) {
      JsonNode cell = column.cell().of(object, now);
      if (cell.isMissingNode()) {
        cells.addNull();
      } else {
        cells.add(cell);
      }
    }
    return cells;
  }
}

package dev.ebb.kinds.extensions;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// The cell of a column that a user wrote: a path that cannot be read or a value of another type
/// shows as nothing, and spoils no table.
final class CustomCell implements PrinterColumn.Cell {
  private final String type;
  private final PrinterColumn.Cell cell;

  CustomCell(String type, String jsonPath) {
    this.type = type;
    this.cell = new PrinterColumn("", type, jsonPath, "", 0).cell();
  }

  @Override
  public JsonNode of(KubernetesObject object, Instant now) {
    JsonNode value;
    try {
      value = cell.of(object, now);
    } catch (IllegalArgumentException unreadablePath) {
      return MissingNode.getInstance();
    }
    boolean fits =
        switch (type) {
          case "integer", "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> true;
        };
    return fits ? value : MissingNode.getInstance();
  }
}

package dev.ebb.kinds;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// A column of `kubectl get`: what a `Table` says of it, and how an object's cell is made.
///
/// @param type `string`, `integer`, `date` (shown as an age) or `boolean`
/// @param format `name` for the column that names the object, else empty
/// @param jsonPath in kubectl's JSONPath dialect, with a leading dot: `.status.url`; empty where no
///   path can say what [#cell] computes
/// @param priority 0 is always shown, more only with `-o wide`
public record PrinterColumn(
    String name,
    String type,
    String format,
    String jsonPath,
    String description,
    int priority,
    Cell cell) {
  /// The name of the object, which leads nearly every table.
  public static final PrinterColumn NAME =
      new PrinterColumn(
          "Name", "string", "name", ".metadata.name", "The name of the object.", 0, Cell.NAME);

  /// How long the object has existed.
  public static final PrinterColumn AGE =
      new PrinterColumn(
          "Age", "date", ".metadata.creationTimestamp", "Time since the object was created.", 0);

  /// Computes what one object shows in one column.
  @FunctionalInterface
  public interface Cell {
    Cell NAME = (object, now) -> object.metadata().path("name");

    /// @param now for ages
    /// @return a string, a number or a boolean; a null or missing node shows as nothing
    JsonNode of(KubernetesObject object, Instant now);
  }

  /// A column whose cell is where a JSONPath points, in the words of `additionalPrinterColumns`.
  public PrinterColumn(
      String name, String type, String jsonPath, String description, int priority) {
    this(name, type, "", jsonPath, description, priority, new PathCell(type, jsonPath));
  }

  /// A column that no JSONPath can say.
  public static PrinterColumn computed(
      String name, String type, String description, int priority, Cell cell) {
    return new PrinterColumn(name, type, "", "", description, priority, cell);
  }
}

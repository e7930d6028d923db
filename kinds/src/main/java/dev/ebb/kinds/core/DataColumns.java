package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.PrinterColumn;
import tools.jackson.databind.node.IntNode;

/// Columns that count what an object holds.
final class DataColumns {
  /// Of Secrets and ConfigMaps; only the latter have `binaryData`.
  static final PrinterColumn DATA =
      computed(
          "Data",
          "integer",
          "How many keys there are.",
          0,
          (object, now) ->
              IntNode.valueOf(
                  object.json().path("data").size() + object.json().path("binaryData").size()));

  static final PrinterColumn SECRETS =
      computed(
          "Secrets",
          "integer",
          "How many secrets it has.",
          0,
          (object, now) -> IntNode.valueOf(object.json().path("secrets").size()));

  private DataColumns() {}
}

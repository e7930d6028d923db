package dev.ebb.kinds;

import java.util.Comparator;
import tools.jackson.databind.JsonNode;

/// Whether two trees say the same: numbers are compared by value, so that 300 read from a request
/// equals 300 put there by a default.
public final class SameJson {
  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
          return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
      };

  private SameJson() {}

  public static boolean same(JsonNode a, JsonNode b) {
    return a.equals(BY_VALUE, b);
  }
}

package dev.ebb.resources;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Whether two trees say the same. Jackson's own `equals` tells an `int` 1 from a `long` 1, so an
/// object that a program built would differ from itself after a trip through the store.
public final class JsonEquality {
  private JsonEquality() {}

  public static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return sameNumber(a, b);
    }
    if (a.isObject() && b.isObject()) {
      return sameFields(a, b);
    }
    if (a.isArray() && b.isArray()) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.path(i), b.path(i))) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }

  private static boolean sameFields(JsonNode a, JsonNode b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> field : a.properties()) {
      if (!b.has(field.getKey()) || !same(field.getValue(), b.path(field.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameNumber(JsonNode a, JsonNode b) {
    return (a.isIntegralNumber() && b.isIntegralNumber())
        ? a.bigIntegerValue().equals(b.bigIntegerValue())
        : a.decimalValue().compareTo(b.decimalValue()) == 0;
  }
}
